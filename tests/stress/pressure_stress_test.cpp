// Goal: while threads contend for few permits every change of the level is told once and in order, nobody who waits for
// a level or a permit is forgotten, and in the end the bridge is empty and normal. Method: initiating threads that use
// permits, priorities, deadlines and cancellation, watchers that wait for levels, and an observer.
#include "stress.hpp"

#include <array>
#include <deque>
#include <stop_token>

namespace shardbridge::tests {
namespace {

constexpr std::size_t max_bytes = 10'000;

/// What one thread does to a bridge for a while.
class client {
 public:
  client(bridge& link, balance& counted, std::uint64_t seed)
      : link_(link), counted_(counted), chance_(seed), file_(link, "/dev/zero", open_flags::read_only) {}

  void run() {
    for (const auto end = std::chrono::steady_clock::now() + stress_length / 2;
         std::chrono::steady_clock::now() < end;) {
      switch (chance_.roll(8)) {
      case 0:
        wait_for_level();
        break;
      case 1:
        held_ = link_.try_acquire(chance_.roll(max_bytes / 2));
        break;
      default:
        read();
        break;
      }
      if (chance_.one_in(50)) std::this_thread::sleep_for(1ms); // to let the bridge run empty now and then
    }
    held_ = permit();
    source_.request_stop();
  }

 private:
  op_options some_options() {
    // An hour is never reached, but a timer that is forgotten would keep the pool at work for as long.
    op_options out{.timeout = 1h};
    if (chance_.one_in(4)) out.timeout = std::chrono::microseconds(chance_.roll(2000));
    if (chance_.one_in(3)) out.priority = priority::high;
    if (chance_.one_in(8)) {
      source_.request_stop();
      source_ = std::stop_source();
    }
    if (chance_.one_in(4)) out.stop_token = source_.get_token();
    return out;
  }
  void read() {
    op_options options = some_options();
    if (chance_.one_in(2)) options.permit = &held_;
    file_.async_read_some_at(0, asio::buffer(sink_.data(), 1 + chance_.roll(max_bytes / 2)), options,
                             counted_.handler());
  }
  void wait_for_level() {
    link_.async_wait_level(chance_.one_in(2) ? pressure_level::normal : pressure_level::throttled, some_options(),
                           counted_.handler());
  }

  bridge& link_;
  balance& counted_;
  dice chance_;
  std::array<char, max_bytes> sink_{}; // zeros, whoever reads them
  random_access_file file_;
  permit held_;
  std::stop_source source_;
};

void contend(const bridge_options& limits) {
  const std::uint64_t first = seed();
  balance counted;
  std::vector<pressure_level> told; // unguarded: told one at a time, each after the one before
  shard_group group({.shards = 2, .ring_entries = 8});
  asio::thread_pool pool(2);
  bridge link(pool, group, limits);
  link.on_level_change([&](pressure_level now) { told.push_back(now); });
  std::atomic<bool> over = false;
  std::jthread watcher([&] {
    while (!over) {
      const bridge_stats seen = link.stats();
      if (seen.ops > limits.max_ops || seen.bytes > limits.max_bytes || seen.waiting > limits.max_waiters ||
          seen.completed > seen.accepted)
        ++counted.unexpected;
    }
  });
  {
    std::deque<client> clients;
    std::vector<std::jthread> threads;
    for (std::uint64_t each = 0; each < 3; ++each)
      threads.emplace_back([&one = clients.emplace_back(link, counted, first + each)] { one.run(); });
    threads.clear();
    pool.join();
  }
  over = true;
  watcher.join();
  counted.expect_even();
  const bridge_stats last = link.stats();
  expect_balanced(last);
  EXPECT_EQ(last.level, pressure_level::normal);
  std::array<std::uint64_t, 3> entered{};
  pressure_level before = pressure_level::normal;
  for (const pressure_level each : told) {
    ASSERT_NE(each, before) << "told twice, or not in order";
    ++entered.at(static_cast<std::size_t>(each));
    before = each;
  }
  EXPECT_EQ(entered, last.level_entered) << "not every change was told";
  EXPECT_EQ(before, pressure_level::normal);
  EXPECT_FALSE(told.empty());
}

TEST(pressure_under_stress, with_two_permits) {
  contend({.max_ops = 2, .max_bytes = max_bytes, .max_waiters = 1000});
}
TEST(pressure_under_stress, with_some_permits_reserved) {
  contend({.max_ops = 8, .max_bytes = max_bytes, .max_waiters = 1000, .reserved_ops = 6});
}
TEST(pressure_under_stress, refusing) {
  contend({.max_ops = 4, .max_bytes = max_bytes, .when_full = when_full::refuse});
}
// So many that threads take some in advance.
TEST(pressure_under_stress, with_many_permits) {
  contend({.max_ops = 400, .max_bytes = 100 * max_bytes});
}

} // namespace
} // namespace shardbridge::tests
