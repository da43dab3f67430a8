// Goal: a context has work while an operation is outstanding, and none afterwards; slow handlers use all its threads.
// Method: run() and join() of contexts with reads that never end until they are told to.
#include "support/stuck_reads.hpp"

#include <algorithm>
#include <atomic>
#include <future>

namespace shardbridge::tests {
namespace {

TEST(good_asio_citizen, run_returns_at_once_with_nothing_outstanding) {
  service all;
  const fixtures::temporary_folder folder;
  const random_access_file file(all.link, folder.make_file("file", 10), open_flags::read_only);
  EXPECT_EQ(all.context.run(), 0U);
}

TEST(good_asio_citizen, run_goes_on_while_a_read_is_outstanding) {
  service all;
  stuck_reads stuck(all.link);
  const outcome& read = stuck.start();
  all.context.run_for(50ms);
  EXPECT_FALSE(all.context.stopped());
  EXPECT_EQ(read.calls, 0);
  stuck.pipe.write("x");
  EXPECT_TRUE(all.finish());
  EXPECT_TRUE(read.succeeded()) << read;
}

TEST(good_asio_citizen, run_goes_on_while_one_waits_for_a_permit) {
  service all({}, {.max_ops = 1});
  stuck_reads stuck(all.link);
  stuck.start();
  const outcome& waiting = stuck.start({.timeout = 1h});
  stuck.pipe.write("x");
  ASSERT_TRUE(all.run_until([&] { return stuck.outcomes[0].calls == 1; }));
  all.context.run_for(30ms);
  EXPECT_FALSE(all.context.stopped());
  stuck.pipe.write("y");
  EXPECT_TRUE(all.finish()) << "the timer of those who waited must not keep run() from returning";
  EXPECT_TRUE(waiting.succeeded()) << waiting;
}

TEST(good_asio_citizen, run_returns_after_what_was_refused) {
  service all({}, {.max_ops = 1, .when_full = when_full::refuse});
  stuck_reads stuck(all.link);
  const outcome& read = stuck.start();
  const outcome& refused = stuck.start();
  ASSERT_TRUE(all.run_until([&] { return refused.calls == 1; }));
  EXPECT_EQ(read.calls, 0);
  EXPECT_FALSE(all.context.stopped());
  stuck.file.cancel();
  EXPECT_TRUE(all.finish());
  EXPECT_TRUE(refused.failed_with(errc::no_room)) << refused;
}

TEST(good_asio_citizen, a_context_has_work_for_a_handler_until_that_is_destroyed) {
  asio::io_context other;
  bool called = false;
  std::string buffer(1, '\0');
  {
    service all;
    stuck_reads stuck(all.link);
    stuck.file.async_read_some_at(0, asio::buffer(buffer),
                                  asio::bind_executor(other, [&](const error_code&, std::size_t) { called = true; }));
    ASSERT_TRUE(all.wait_in_flight(1));
    other.poll();
    EXPECT_FALSE(other.stopped());
  }
  other.restart();
  other.run_for(patience);
  EXPECT_TRUE(other.stopped());
  EXPECT_FALSE(called);
}

TEST(good_asio_citizen, join_returns_when_all_is_answered) {
  const fixtures::temporary_folder folder;
  shard_group group;
  std::vector<std::string> buffers(200, std::string(100, '\0'));
  std::atomic<int> calls = 0;
  asio::thread_pool pool(2);
  bridge link(pool, group);
  random_access_file file(link, folder.make_file("file", 1000), open_flags::read_only);
  for (std::string& each : buffers)
    file.async_read_some_at(0, asio::buffer(each), [&](const error_code& failed, std::size_t bytes) {
      if (!failed && bytes == 100) ++calls;
    });
  pool.join();
  EXPECT_EQ(calls, 200);
  expect_balanced(link.stats());
}

// A stop, unlike a join, leaves answers behind; they are destroyed with the context.
TEST(good_asio_citizen, a_stopped_context_goes_on_where_it_was) {
  service all;
  stuck_reads stuck(all.link);
  const outcome& read = stuck.start();
  ASSERT_TRUE(all.wait_in_flight(1));
  all.context.stop();
  stuck.pipe.write("x");
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(read.calls, 0);
  EXPECT_TRUE(all.finish());
  EXPECT_TRUE(read.succeeded()) << read;
}

// Where handlers have been slow, the next to run keeps no reply from the others: this one waits for another's.
TEST(good_asio_citizen, a_slow_handler_holds_nobody_up) {
  shard_group group;
  asio::thread_pool pool(2);
  bridge link(pool, group);
  for (int each = 0; each < 2; ++each)
    async_nop(link, 0, asio::use_future([](const error_code&) { std::this_thread::sleep_for(5ms); })).wait();
  std::future_status other = std::future_status::deferred;
  async_nop(link, 0, [&](const error_code&) { other = async_nop(link, 0, asio::use_future).wait_for(patience); });
  pool.join();
  EXPECT_EQ(other, std::future_status::ready);
}

// 64 handlers of 1 ms each come back in one batch: 64 ms behind one thread, half of that on two. The best of several
// tries, since other work on the machine can only make it slower.
TEST(good_asio_citizen, slow_handlers_spread_over_the_threads_of_a_pool) {
  using clock = std::chrono::steady_clock;
  auto best = clock::duration::max();
  for (int attempt = 0; attempt < 10 && best > 50ms; ++attempt) {
    const fixtures::temporary_folder folder;
    shard_group group;
    std::vector<std::string> buffers(64, std::string(100, '\0'));
    asio::thread_pool pool(2);
    bridge link(pool, group);
    random_access_file file(link, folder.make_file("file", 1000), open_flags::read_only);
    std::mutex seen;
    std::vector<clock::time_point> times;
    // Held up until all of them are in its queue, the shard takes them together.
    async_call(
        link, 0, [](shard&) { std::this_thread::sleep_for(20ms); }, asio::detached);
    for (std::string& each : buffers)
      file.async_read_some_at(0, asio::buffer(each), [&](const error_code&, std::size_t) {
        const auto begun = clock::now();
        std::this_thread::sleep_for(1ms);
        const std::lock_guard lock(seen);
        times.push_back(begun);
        times.push_back(clock::now());
      });
    pool.join();
    ASSERT_EQ(times.size(), 128U);
    const auto [first, last] = std::ranges::minmax(times);
    best = std::min(best, last - first);
  }
  EXPECT_LT(best, 50ms) << std::chrono::duration_cast<std::chrono::microseconds>(best).count() << " us";
}

} // namespace
} // namespace shardbridge::tests
