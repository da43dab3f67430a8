// Goal: of n producers exactly one owes a wake for each sleep, and no publish is slept through.
// Method: threads publish as fast as they can while a consumer arms, waits for the wake it is owed and counts.
#include "printers.hpp"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

class wake_word_producers : public testing::TestWithParam<std::uint32_t> {};

TEST_P(wake_word_producers, owe_one_wake_for_each_sleep) {
  constexpr std::uint32_t producers = 3;
  constexpr std::uint32_t publishes = 20000;
  wake_word word(GetParam());
  std::atomic<std::uint64_t> owed{0};
  std::atomic<std::uint64_t> pushed{0};

  std::vector<std::thread> threads;
  for (std::uint32_t each = 0; each < producers; ++each) {
    threads.emplace_back([&] {
      for (std::uint32_t count = 0; count < publishes; ++count) {
        pushed.fetch_add(1, std::memory_order_relaxed);
        if (word.publish() == wake_word::published::wake_owed) owed.fetch_add(1);
        if (count % 64 == 0) std::this_thread::yield();
      }
    });
  }

  std::uint64_t sleeps = 0;
  std::uint64_t seen_items = 0;
  while (seen_items < std::uint64_t{producers} * publishes) {
    const std::uint32_t seen = word.observe();
    seen_items = pushed.load(std::memory_order_relaxed);
    if (seen_items == std::uint64_t{producers} * publishes) break;
    if (word.try_arm(seen) == wake_word::armed::missed) continue;
    ++sleeps;
    // Everything not seen above is published later than `seen`, so the wake must come.
    while (owed.load() < sleeps)
      std::this_thread::yield();
    ASSERT_EQ(owed.load(), sleeps) << "a second producer owes a wake for the same sleep";
  }
  for (std::thread& each : threads)
    each.join();
  EXPECT_EQ(owed.load(), sleeps);
  EXPECT_EQ(word.observe(), GetParam() + producers * publishes);
}

INSTANTIATE_TEST_SUITE_P(first_sequence, wake_word_producers,
                         testing::Values(0U, 0x80000000U - 30000U, 0xffffffffU - 30000U));

} // namespace
} // namespace shardbridge::detail
