// Goal: signals whose handlers interrupt system calls lose nothing, fail nothing and repeat nothing: neither those of
// Asio's threads nor those that are sent to threads of shards. Method: verified traffic of every kind in a process to
// which thousands of signals a second are sent, until enough have been handled.
#include "support/connected.hpp"
#include "support/fuse.hpp"
#include "support/signal_storm.hpp"
#include "support/stuck_reads.hpp"

#include <array>
#include <functional>

#include <sys/mman.h>

namespace shardbridge::tests {
namespace {

/// Signals handled before a test has seen enough.
constexpr std::uint64_t enough = 2000;

/// Repeats it until then.
void repeat(const signal_storm& storm, int least, const std::function<void()>& round) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  for (int each = 0; each < least || storm.handled() < enough; ++each) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << storm.handled() << " signals, " << each << " rounds";
    round();
    if (testing::Test::HasFailure()) return;
  }
}

class in_a_signal_storm : public testing::Test {
 protected:
  ~in_a_signal_storm() override { expect_balanced(all.link.stats()); }

  template <class Function>
  void run(std::size_t on, Function function) {
    answer<> ended;
    async_call(all.link, on, std::move(function), ended.handler());
    ASSERT_TRUE(all.finish());
    EXPECT_EQ(ended.calls, 1);
    EXPECT_FALSE(ended.failure) << code_of(ended.failure).message();
  }

  const fixtures::temporary_folder folder;
  const std::string pattern = fixtures::make_pattern(1 << 20);
  service all{{.shards = 2}};
  signal_storm storm;
};

TEST_F(in_a_signal_storm, files_are_written_and_read_in_full) {
  random_access_file file(all.link);
  const auto flags = open_flags::read_write | open_flags::create | open_flags::truncate;
  const std::string path = folder.path() / "file";
  repeat(storm, 20, [&] {
    std::string back(pattern.size(), 'x');
    EXPECT_TRUE(all.complete([&](auto h) { file.async_open(path, flags, h); }).succeeded());
    const outcome wrote = all.complete([&](auto h) { file.async_write_some_at(0, asio::buffer(pattern), h); });
    EXPECT_TRUE(wrote.succeeded() && wrote.value == pattern.size()) << wrote;
    EXPECT_TRUE(all.complete([&](auto h) { file.async_sync_data(h); }).succeeded());
    const outcome read = all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(back), h); });
    EXPECT_TRUE(read.succeeded() && read.value == pattern.size() && back == pattern) << read;
    EXPECT_TRUE(all.complete([&](auto h) { file.async_resize(0, h); }).succeeded());
    EXPECT_TRUE(all.complete([&](auto h) { file.async_close(h); }).succeeded());
    EXPECT_TRUE(all.complete([&](auto h) { async_rename(all.link, path, path + "2", h); }).succeeded());
    EXPECT_TRUE(all.complete([&](auto h) { async_unlink(all.link, path + "2", h); }).succeeded());
  });
}

// Some kernels undo what they have reserved of such a file when a signal comes, so that to begin anew is not enough.
TEST_F(in_a_signal_storm, much_is_reserved_at_once) {
  const int memory = ::memfd_create("shardbridge-storm", MFD_CLOEXEC);
  ASSERT_GE(memory, 0);
  random_access_file file(all.link, memory);
  constexpr std::uint64_t much = std::uint64_t{64} << 20U;
  repeat(storm, 5, [&] {
    error_code here;
    file.allocate(0, much, allocate_mode::allocate, here);
    EXPECT_FALSE(here) << here.message();
    file.resize(0, here);
    EXPECT_FALSE(here) << here.message();
    const outcome there = all.complete([&](auto h) { file.async_allocate(0, much, h); });
    EXPECT_TRUE(there.succeeded()) << there;
    EXPECT_TRUE(all.complete([&](auto h) { file.async_resize(0, h); }).succeeded());
  });
}

TEST_F(in_a_signal_storm, the_calling_thread_is_not_disturbed_either) {
  random_access_file file(all.link);
  repeat(storm, 20, [&] {
    file.open(folder.path() / "file", open_flags::read_write | open_flags::create);
    EXPECT_EQ(file.write_some_at(0, asio::buffer(pattern)), pattern.size());
    file.sync_all();
    file.sync_data();
    std::string back(pattern.size(), 'x');
    EXPECT_EQ(file.read_some_at(0, asio::buffer(back)), pattern.size());
    EXPECT_TRUE(back == pattern);
    file.resize(0);
    file.close();
  });
}

// None early, none twice, and those that are satisfied are.
TEST_F(in_a_signal_storm, deadlines_and_cancels_come_once) {
  stuck_reads stuck(all.link);
  repeat(storm, 3, [&] {
    const auto begun = std::chrono::steady_clock::now();
    const outcome& late = stuck.start({.timeout = 200ms});
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 200ms);
    const outcome& served = stuck.start({.timeout = patience});
    stuck.pipe.write("x");
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(served.succeeded() && served.value == 1) << served;
    const outcome& given_up = stuck.start();
    ASSERT_TRUE(all.wait_in_flight(1));
    stuck.file.cancel();
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(given_up.failed_with(asio::error::operation_aborted)) << given_up;
  });
}

task<> exchange(shard& on, const std::string& text) {
  const connected both = co_await connect_both(on);
  auto sending = on.spawn([](shard& where, const shard_socket& to, const std::string& bytes) -> task<std::size_t> {
    co_return co_await where.send(to, asio::buffer(bytes));
  }(on, both.theirs, text));
  EXPECT_TRUE(co_await receive(on, both.ours, text.size()) == text);
  EXPECT_EQ(co_await std::move(sending).join(), text.size());
  std::array<char, 1> room{};
  EXPECT_EQ(co_await error_of(on.recv(both.ours, {.timeout = 1ms})), errc::expired_in_flight);
  EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room), {.timeout = 1ms})), errc::expired_in_flight);
}

TEST_F(in_a_signal_storm, connections_carry_everything) {
  const std::string text = long_text(300'000);
  repeat(storm, 20, [&] {
    run(0, [&](shard& on) { return exchange(on, text); });
    run(1, [&](shard& on) -> task<> {
      const shard_datagram_socket mine = on.bind(asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 0));
      const auto at = mine.local_endpoint<asio::ip::udp::endpoint>();
      EXPECT_EQ(co_await on.send_to(mine, at, asio::buffer("datagram", 8)), 8U);
      const datagram came = co_await on.recv_from(mine);
      EXPECT_EQ(came.bytes().size(), 8U);
    });
  });
}

TEST_F(in_a_signal_storm, calls_and_timers_are_exact) {
  std::uint64_t wanted = 0, done = 0;
  repeat(storm, 20, [&] {
    run(0, [&](shard& on) -> task<> {
      for (int each = 0; each < 50; ++each) {
        ++wanted;
        auto there = [&done](shard&) { ++done; };
        co_await on.call(1, there);
      }
      const auto begun = std::chrono::steady_clock::now();
      co_await on.sleep_for(5ms);
      EXPECT_GE(std::chrono::steady_clock::now() - begun, 5ms);
      interval every(on, 1ms);
      for (std::uint64_t seen = 0; seen < 3;)
        seen += co_await every.next();
    });
  });
  EXPECT_EQ(done, wanted);
}

TEST_F(in_a_signal_storm, groups_come_and_go) {
  repeat(storm, 10, [&] {
    service other({.shards = 2});
    answer<> told;
    async_call(
        other.link, 1, [](shard& on) -> task<> { co_await on.nop(); }, told.handler());
    ASSERT_TRUE(other.finish());
    EXPECT_EQ(told.calls, 1);
    EXPECT_FALSE(told.failure);
  });
}

// Operations that wait for the file system while signals come.
class in_a_signal_storm_at_a_slow_file_system : public with_fuse<> {};

TEST_F(in_a_signal_storm_at_a_slow_file_system, nothing_is_interrupted) {
  const std::string path = fuse->make_file("file", 10'000);
  for (const fuse_op each : {fuse_op::open, fuse_op::read, fuse_op::write, fuse_op::fsync, fuse_op::getattr})
    fuse->set(each, {.delay = 5ms});
  service all({.shards = 2, .io_workers = 4});
  const signal_storm storm;
  const std::string text = fixtures::make_pattern(10'000);
  repeat(storm, 3, [&] {
    random_access_file file(all.link);
    EXPECT_TRUE(all.complete([&](auto h) { file.async_open(path, open_flags::read_write, h); }).succeeded());
    std::array<std::string, 8> back;
    std::array<outcome, 8> read;
    for (std::size_t each = 0; each < back.size(); ++each) {
      back[each].resize(text.size());
      file.async_read_some_at(0, asio::buffer(back[each]), {.shard = each % 2}, read[each].handler());
    }
    ASSERT_TRUE(all.finish());
    for (std::size_t each = 0; each < back.size(); ++each)
      EXPECT_TRUE(read[each].succeeded() && back[each] == text) << read[each];
    EXPECT_TRUE(all.complete([&](auto h) { file.async_write_some_at(0, asio::buffer(text), h); }).succeeded());
    EXPECT_TRUE(all.complete([&](auto h) { file.async_sync_all(h); }).succeeded());
    EXPECT_EQ(all.complete([&](auto h) { file.async_size(h); }).value, text.size());
    error_code here;
    std::string own(text.size(), 'x');
    EXPECT_EQ(file.read_some_at(0, asio::buffer(own), here), text.size()) << here.message();
    EXPECT_EQ(file.write_some_at(0, asio::buffer(text), here), text.size()) << here.message();
    file.sync_all(here);
    EXPECT_FALSE(here) << here.message();
    EXPECT_TRUE(own == text);
  });
  expect_balanced(all.link.stats());
}

} // namespace
} // namespace shardbridge::tests
