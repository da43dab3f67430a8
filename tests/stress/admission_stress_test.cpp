// Goal: the limits of a bridge hold and its counters come out even when threads contend for every permit. Method: more
// initiating threads than permits, operations of random sizes, with waiting and with refusing, while another thread
// watches the counters.
#include "stress.hpp"

#include <support/stuck_reads.hpp>

#include <deque>

namespace shardbridge::tests {
namespace {

constexpr std::size_t max_bytes = 10'000;

void contend(const bridge_options& limits) {
  const std::uint64_t first = seed();
  balance counted;
  shard_group group({.shards = 2, .ring_entries = 8});
  std::array<char, max_bytes> sink{}; // everybody reads zeros into it
  asio::thread_pool pool(2);
  bridge link(pool, group, limits);
  random_access_file file(link, "/dev/zero", open_flags::read_only);
  std::atomic<bool> over = false;
  std::jthread watcher([&] {
    while (!over) {
      const bridge_stats seen = link.stats();
      if (seen.ops > limits.max_ops || seen.bytes > limits.max_bytes || seen.completed > seen.accepted ||
          seen.waiting > limits.max_waiters)
        ++counted.unexpected;
    }
  });
  std::vector<std::jthread> threads;
  for (std::uint64_t each = 0; each < 4; ++each)
    threads.emplace_back([&, each] {
      dice chance(first + each);
      for (const auto end = std::chrono::steady_clock::now() + stress_length / 2;
           std::chrono::steady_clock::now() < end;) {
        // An hour is never reached, but a timer that is forgotten would keep the pool at work for as long.
        op_options options{.timeout = 1h};
        if (chance.one_in(4)) options.timeout = std::chrono::microseconds(chance.roll(2000));
        file.async_read_some_at(0, asio::buffer(sink.data(), 1 + chance.roll(max_bytes)), options, counted.handler());
        if (chance.one_in(100)) std::this_thread::sleep_for(1ms); // to let the bridge run empty now and then
      }
    });
  threads.clear();
  pool.join();
  over = true;
  watcher.join();
  counted.expect_even();
  expect_balanced(link.stats());
  const bridge_stats last = link.stats();
  EXPECT_EQ(last.accepted + last.refused + last.expired_waiting, counted.initiated);
}

TEST(bounded_under_stress, waiting) {
  contend({.max_ops = 4, .max_bytes = max_bytes, .max_waiters = 1000});
}
TEST(bounded_under_stress, refusing) {
  contend({.max_ops = 4, .max_bytes = max_bytes, .when_full = when_full::refuse});
}

// A permit that is freed goes to the one who waits, however many there are: nobody is forgotten.
TEST(bounded_under_stress, one_permit_for_all) {
  seed();
  balance counted;
  shard_group group;
  asio::thread_pool pool(3);
  bridge link(pool, group, {.max_ops = 1});
  std::vector<std::jthread> threads;
  for (int each = 0; each < 4; ++each)
    threads.emplace_back([&] {
      for (int round = 0; round < 1500; ++round)
        async_call(
            link, 0, [](shard&) {},
            [count = counted.handler()](const std::exception_ptr&) mutable { count(error_code()); });
    });
  threads.clear();
  pool.join();
  counted.expect_even();
  EXPECT_EQ(link.stats().accepted, 6000U);
  expect_balanced(link.stats());
}

// While the timer's handler answers those who are late, others come to wait with deadlines of an hour, and are admitted
// at once. Each hour must be taken back with its operation, or run() has work for as long.
TEST(bounded_under_stress, no_timer_is_forgotten) {
  dice chance(seed());
  for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
    balance counted;
    std::array<char, 100> sink{};
    service all({}, {.max_bytes = 100});
    stuck_reads stuck(all.link);
    random_access_file zeros(all.link, "/dev/zero", open_flags::read_only);
    stuck.start({}, 60);
    const op_options late{.deadline = std::chrono::steady_clock::now() + 1ms};
    for (int each = 0; each < 100; ++each)
      zeros.async_read_some_at(0, asio::buffer(sink, 80), late, counted.handler());
    std::jthread initiator([&] {
      for (int each = 0; each < 20; ++each) {
        zeros.async_read_some_at(0, asio::buffer(sink, 10), {.timeout = 1h}, counted.handler());
        std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(150)));
      }
    });
    ASSERT_TRUE(all.run_until([&] { return counted.answered == 120; }));
    initiator.join();
    stuck.file.cancel();
    ASSERT_TRUE(all.finish()) << "run() has work although everything is answered";
    counted.expect_even();
  }
}

} // namespace
} // namespace shardbridge::tests
