// Goal: a context that is destroyed takes every operation with it, wherever it is, without touching what it does not
// own. Method: contexts destroyed with operations in places that are easily forgotten.
#include "support/fifo.hpp"
#include "support/service.hpp"

#include <atomic>
#include <deque>
#include <filesystem>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

/// A service of which the context can be destroyed alone.
struct parts {
  std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>();
  shard_group group;
  bridge link;
  explicit parts(const bridge_options& limits = {}) : link(*context, group, limits) {}
};

// An open that never was made has no descriptor; 0 is somebody's.
TEST(lifetimes_of_a_context, an_open_that_waits_for_a_permit_closes_nothing) {
  const bool had_none = ::fcntl(0, F_GETFD) < 0;
  if (had_none) {
    ASSERT_EQ(::open("/dev/null", O_RDONLY), 0);
  }
  {
    const fixtures::temporary_folder folder;
    const std::string path = folder.make_file("file", 10);
    std::string buffer(1, '\0');
    fifo pipe;
    parts all({.max_ops = 1});
    random_access_file holder(all.link, pipe.path(), open_flags::read_write);
    random_access_file file(all.link);
    bool called = false;
    holder.async_read_some_at(0, asio::buffer(buffer), [&](const error_code&, std::size_t) { called = true; });
    file.async_open(path, open_flags::read_only, [&](const error_code&) { called = true; });
    EXPECT_EQ(all.link.stats().waiting, 1U);
    all.context.reset();
    EXPECT_FALSE(called);
    EXPECT_FALSE(file.is_open());
  }
  EXPECT_GE(::fcntl(0, F_GETFD), 0) << "the standard input was closed";
  if (had_none) ::close(0);
}

// The order to cancel everything comes from the thread that destroys the context, on a lane where it can overtake what
// other threads pushed before; a read that is taken after it must not wait for ever.
TEST(lifetimes_of_a_context, a_read_that_another_thread_initiated_is_not_overtaken_by_the_end) {
  for (int round = 0; round < 5; ++round) {
    std::string buffer(1, '\0');
    fifo pipe;
    parts all;
    random_access_file file(all.link, pipe.path(), open_flags::read_write);
    bool called = false;
    std::thread([&] {
      async_call(
          all.link, 0, [](shard&) { std::this_thread::sleep_for(50ms); }, asio::detached);
      std::this_thread::sleep_for(10ms); // the shard is in the call now
      file.async_read_some_at(0, asio::buffer(buffer), [&](const error_code&, std::size_t) { called = true; });
    }).join();
    std::thread rescuer; // so that a failure is a failure and not a hang
    std::atomic<bool> over = false;
    std::atomic<bool> rescued = false;
    rescuer = std::thread([&] {
      for (const auto end = std::chrono::steady_clock::now() + 5s; !over && std::chrono::steady_clock::now() < end;)
        std::this_thread::sleep_for(1ms);
      if (over) return;
      rescued = true;
      pipe.write("x");
    });
    all.context.reset();
    over = true;
    rescuer.join();
    EXPECT_FALSE(called);
    ASSERT_FALSE(rescued) << "the destructor waited for a read that nobody cancelled";
  }
}

TEST(lifetimes_of_a_context, a_handler_that_owns_the_file_may_go_with_it) {
  fifo pipe;
  auto buffer = std::make_shared<std::string>(1, '\0');
  parts all({.max_ops = 2});
  for (int each = 0; each < 4; ++each) {
    auto file = std::make_shared<random_access_file>(all.link, pipe.path(), open_flags::read_write);
    file->async_read_some_at(0, asio::buffer(*buffer), [file, buffer](const error_code&, std::size_t) {});
  }
  all.context.reset();
  EXPECT_EQ(buffer.use_count(), 1);
}

TEST(lifetimes_of_a_context, answers_that_were_not_delivered_are_destroyed) {
  const fixtures::temporary_folder folder;
  const auto alive = std::make_shared<int>();
  parts all;
  random_access_file file(all.link, folder.make_file("file", 100), open_flags::read_only);
  std::string buffer(100, '\0');
  bool called = false;
  for (int each = 0; each < 200; ++each)
    file.async_read_some_at(0, asio::buffer(buffer),
                            [&called, alive](const error_code&, std::size_t) { called = true; });
  while (all.group.stats()[0].replies < 200)
    std::this_thread::sleep_for(1ms);
  all.context.reset();
  EXPECT_FALSE(called);
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(lifetimes_of_a_context, an_open_that_was_not_delivered_closes_what_it_brought) {
  const fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 100);
  parts all;
  const auto descriptors = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  const auto before = descriptors();
  {
    random_access_file file(all.link);
    file.async_open(path, open_flags::read_only, [](const error_code&) {});
    while (all.group.stats()[0].replies < 1)
      std::this_thread::sleep_for(1ms);
    EXPECT_EQ(descriptors(), before + 1);
    all.context.reset();
  }
  EXPECT_LE(descriptors(), before);
}

TEST(lifetimes_of_a_context, several_bridges_and_groups_on_one) {
  fifo pipe;
  std::deque<std::string> buffers;
  auto context = std::make_unique<asio::io_context>();
  std::deque<shard_group> groups(2);
  std::deque<bridge> bridges;
  std::deque<random_access_file> files;
  int called = 0;
  for (std::size_t each = 0; each < 6; ++each) {
    bridge& link = bridges.emplace_back(*context, groups[each % 2]);
    random_access_file& file = files.emplace_back(link, pipe.path(), open_flags::read_write);
    file.async_read_some_at(0, asio::buffer(buffers.emplace_back(1, '\0')),
                            [&](const error_code&, std::size_t) { ++called; });
  }
  bridges.pop_front(); // one is gone already
  context.reset();
  EXPECT_EQ(called, 0);
}

} // namespace
} // namespace shardbridge::tests
