// Goal: operations of every kind tell by a token what they should. Method: a bridge at some place and a small file;
// each operation is asked by the token, waited for, and compared; the bridge says how many operations it was for it.
#pragma once

#include "token_operations.hpp"
#include "token_ways.hpp"

#include <temporary_folder.hpp>

namespace shardbridge::tests {

template <class Way, class Bridge = bridge>
class token_scene {
 public:
  using executor_type = typename Bridge::executor_type;
  using random_file = basic_random_access_file<executor_type>;
  using stream = basic_stream_file<executor_type>;

  token_scene(place& at, const executor_type& executor) : where_(at), link_(executor, group_) {}
  ~token_scene() {
    where_.finish();
    expect_balanced(link_.stats());
  }
  token_scene(const token_scene&) = delete;
  token_scene& operator=(const token_scene&) = delete;

  void transfers() {
    random_file file(link_, path_, open_flags::read_write);
    std::string buffer = "text";
    told<std::size_t> wrote(where_);
    if (ask(writing<random_file>{file, 996, asio::buffer(buffer)}, wrote)) {
      EXPECT_EQ(wrote.template get<0>(), 4U);
    }
    told<> synced(where_);
    ask(syncing<random_file>{file}, synced);
    buffer = "----";
    told<std::size_t> read(where_);
    if (ask(reading<random_file>{file, 996, asio::buffer(buffer)}, read)) {
      EXPECT_EQ(read.template get<0>(), 4U);
    }
    EXPECT_EQ(buffer, "text");
  }

  /// By Asio, of two reads.
  void a_composition() {
    stream file(link_, path_, open_flags::read_only);
    std::string buffer(3000, '\0');
    told<std::size_t> whole(where_);
    ask(streaming<stream>{file, asio::buffer(buffer)}, whole, asio::error::eof, 2);
    if (whole.has_values()) {
      EXPECT_EQ(whole.template get<0>(), 1000U);
    }
    EXPECT_TRUE(buffer.starts_with(fixtures::make_pattern(996)));
  }

  void what_can_only_be_moved() {
    typename opening<Bridge>::tells opened(where_);
    if (ask(opening<Bridge>{link_, path_}, opened)) {
      EXPECT_TRUE(opened.template get<0>().is_open());
    }
    buffer_pool memory({.bytes = 65536, .largest = 65536});
    random_file file(link_, path_, open_flags::read_only);
    typename lending<random_file>::tells lent(where_);
    if (ask(lending<random_file>{file, memory, 10}, lent)) {
      EXPECT_EQ(lent.template get<0>(), 10U);
      const owned_buffer& given = lent.template get<1>();
      const std::string_view bytes(reinterpret_cast<const char*>(given.data()), given.size());
      EXPECT_EQ(bytes, fixtures::make_pattern(10));
    }
    told<boxed> called(where_);
    if (ask(calling<Bridge>{link_, [](shard&) { return std::make_unique<int>(7); }}, called)) {
      EXPECT_EQ(*called.template get<0>(), 7);
    }
  }

  void errors() {
    std::string buffer(10, '\0');
    random_file file(link_, path_, open_flags::read_only);
    told<std::size_t> beyond(where_);
    ask(reading<random_file>{file, 5000, asio::buffer(buffer)}, beyond, asio::error::eof);
    random_file closed(link_);
    told<std::size_t> refused(where_);
    ask(reading<random_file>{closed, 0, asio::buffer(buffer)}, refused, asio::error::bad_descriptor, 0);
    told<boxed> threw(where_);
    constexpr auto thrower = [](shard&) -> boxed { throw boost::system::system_error(asio::error::no_data); };
    ask(calling<Bridge>{link_, thrower}, threw, asio::error::no_data);
  }

 private:
  /// `parts`: how many operations of the bridge it is. True: it told values, and no error.
  template <class Operation>
  bool ask(const Operation& operation, typename Operation::tells& into, const error_code& expected = {},
           std::uint64_t parts = 1) {
    if constexpr (Way::template takes<Operation>)
      return really_ask(operation, into, expected, parts);
    else
      return false;
  }
  template <class Operation>
  bool really_ask(const Operation& operation, typename Operation::tells& into, const error_code& expected,
                  std::uint64_t parts) {
    const std::uint64_t before = link_.stats().completed;
    auto kept = Way::start(where_, operation, into);
    where_.run();
    const auto end = std::chrono::steady_clock::now() + patience;
    if (Way::tells) {
      Way::collect(kept, where_, into);
      EXPECT_TRUE(into.wait());
    }
    while (link_.stats().completed < before + parts && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    EXPECT_EQ(link_.stats().completed, before + parts);
    EXPECT_EQ(into.calls, Way::tells ? 1 : 0);
    if (!Way::tells) return false;
    EXPECT_EQ(into.error, expected);
    EXPECT_EQ(into.has_values(), !expected || Way::values_with_errors);
    return !expected && into.has_values();
  }

  shard_group group_;
  const fixtures::temporary_folder folder_;
  const std::string path_ = folder_.make_file("file", 1000);
  place& where_;
  Bridge link_;
};

} // namespace shardbridge::tests
