// Goal: with many threads the limits hold at every moment, every operation is admitted once, and nobody is left waiting
// when all is given back.
// Method: threads acquire; whoever is handed permits, his own or a waiter's, gives each back after checking the counts.
#include "printers.hpp"
#include "test_operation.hpp"

#include <bridge/admission.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

TEST(admission, counts_exactly_with_many_threads) {
  constexpr std::size_t threads = 4;
  constexpr std::size_t rounds = 5000;
  constexpr std::uint64_t max_ops = 2;
  constexpr std::uint64_t max_bytes = 100;
  admission permits(bridge_options{.max_ops = max_ops, .max_bytes = max_bytes, .max_waiters = threads * rounds});
  std::atomic<std::uint64_t> inside{0};
  std::atomic<std::uint64_t> bytes_inside{0};
  std::atomic<std::uint64_t> admitted{0};
  std::atomic<std::uint64_t> cancelled{0};
  std::atomic<bool> exceeded{false};

  const auto use_and_give_back = [&](operation_list& granted) {
    while (operation* const op = granted.pop_front()) {
      const std::uint64_t bytes = op->bytes;
      const std::uint64_t ops_now = inside.fetch_add(1) + 1;
      const std::uint64_t bytes_now = bytes_inside.fetch_add(bytes) + bytes;
      if (ops_now > max_ops || bytes_now > max_bytes) exceeded = true;
      admitted.fetch_add(1);
      inside.fetch_sub(1);
      bytes_inside.fetch_sub(bytes);
      static_cast<void>(permits.release(1, bytes, granted));
    }
  };

  std::array<std::deque<test_operation>, threads> operations;
  std::vector<std::thread> running;
  for (std::size_t each = 0; each < threads; ++each) {
    operations[each].resize(rounds);
    running.emplace_back([&, each] {
      for (std::size_t round = 0; round < rounds; ++round) {
        test_operation& op = operations[each][round];
        op.bytes = (round * 37 + each * 11) % (max_bytes + 1);
        operation_list mine;
        switch (permits.acquire(op)) {
        case admission::acquired::taken:
          mine.push_back(op);
          use_and_give_back(mine);
          break;
        case admission::acquired::waiting:
          if (round % 7 != 0 || !permits.cancel(op)) break;
          cancelled.fetch_add(1);
          // The room it was too large for may be enough for the next.
          static_cast<void>(permits.release(0, 0, mine));
          use_and_give_back(mine);
          break;
        default:
          exceeded = true;
          break;
        }
      }
    });
  }
  for (std::thread& each : running)
    each.join();

  EXPECT_FALSE(exceeded);
  EXPECT_EQ(permits.waiting(), 0U) << "somebody waits although there is room";
  EXPECT_EQ(admitted + cancelled, threads * rounds);
  EXPECT_EQ(permits.ops(), 0U);
  EXPECT_EQ(permits.bytes(), 0U);
}

// The permit comes back, and the one who waited goes, between the first look and the second. What holds the lock
// meanwhile is the choice of those to be cancelled; if the others are slower than it, the test is passed without
// showing anything.
TEST(admission, forgets_the_deadline_of_whoever_finds_room_at_the_second_look) {
  // Marks that are never reached: to change the level would take the lock.
  admission permits(bridge_options{.max_ops = 1, .watermarks = {.throttled = {200, 200}, .suspended = {200, 200}}});
  std::array<test_operation, 3> operations;
  auto& [first, waiter, second] = operations;
  ASSERT_EQ(permits.acquire(first), admission::acquired::taken);
  ASSERT_EQ(permits.acquire(waiter), admission::acquired::waiting);
  second.deadline = 1;
  std::atomic<bool> locked{false};
  std::thread giver([&] {
    while (!locked.load())
      std::this_thread::yield();
    operation_list granted;
    static_cast<void>(permits.release(1, 0, granted));
    EXPECT_TRUE(granted.empty());
  });
  std::thread taker([&] {
    while (permits.ops() > 0)
      std::this_thread::yield();
    EXPECT_EQ(permits.acquire(second), admission::acquired::taken);
  });
  operation_list out;
  permits.cancel_if(
      [&](const operation&) {
        locked = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return true;
      },
      out);
  giver.join();
  taker.join();
  EXPECT_EQ(permits.earliest_deadline(), never) << "it does not wait";
  EXPECT_EQ(permits.ops(), 1U);
}

} // namespace
} // namespace shardbridge::detail
