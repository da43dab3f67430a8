// Goal: with many threads every change of the level is told once and in order, every wait for a level comes out once,
// and nobody is left waiting for a permit.
// Method: workers that take permits of all kinds and give them back in batches, while watchers wait for levels. What is
// told is written down without a lock, by whoever has the duty: a sanitizer sees two at a time.
#include "printers.hpp"
#include "seed.hpp"
#include "test_operation.hpp"

#include <bridge/admission.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using acquired = admission::acquired;

class crowd {
 public:
  crowd(const bridge_options& options, std::uint64_t seed) : permits(options), seed_(seed), options_(options) {
    permits.observe_changes(true);
  }

  void run(std::size_t rounds) {
    std::vector<std::thread> workers;
    std::vector<std::thread> watchers;
    for (std::uint64_t each = 0; each < 3; ++each)
      workers.emplace_back([=, this] { work(seed_ + each, rounds); });
    for (std::uint64_t each = 0; each < 2; ++each)
      watchers.emplace_back([=, this] { watch(seed_ + 100 + each); });
    for (std::thread& each : workers)
      each.join();
    over_ = true;
    for (std::thread& each : watchers)
      each.join();
  }

  admission permits;
  std::vector<pressure_level> told; // by one at a time
  std::atomic<std::uint64_t> waits{0}, begun{0}, admitted{0}, refused{0}, exceeded{0};
  std::atomic<std::uint64_t> lost{0}; // waits for a level that did not come out once

 private:
  void look_for_news() {
    if (!permits.has_news()) return;
    operation_list calmed;
    const bool on_duty = permits.take_news(calmed);
    while (operation* const op = calmed.pop_front())
      static_cast<std::atomic<int>*>(op->subject)->fetch_add(1);
    if (!on_duty) return;
    while (const auto level = permits.fetch_change())
      told.push_back(*level);
  }

  /// Operations that hold permits, this thread's until they are given back.
  void give_back(operation_list& held) {
    std::uint64_t ops = 0;
    std::uint64_t bytes = 0;
    std::uint64_t patient = 0;
    while (operation* const op = held.pop_front()) {
      ++ops;
      bytes += op->bytes;
      patient += op->patient ? 1U : 0U;
    }
    if (ops == 0) return;
    admitted += ops;
    if (ops > options_.max_ops || bytes > options_.max_bytes) ++exceeded;
    if (permits.ops() > options_.max_ops || permits.bytes() > options_.max_bytes) ++exceeded;
    permits.release(ops, bytes, held, patient);
    look_for_news();
  }

  void work(std::uint64_t seed, std::size_t rounds) {
    dice random(seed);
    operation_list held;
    for (std::size_t round = 0; round < rounds; ++round) {
      test_operation& op = all_.at(seed - seed_).emplace_back();
      op.bytes = random.roll(options_.max_bytes / 2);
      op.patient = random.one_in(3);
      op.priority = random.one_in(3) ? priority::high : priority::normal;
      ++begun;
      switch (permits.acquire(op)) {
      case acquired::taken:
        held.push_back(op);
        break;
      case acquired::waiting:
        if (random.one_in(4) && permits.cancel(op)) {
          ++refused;
          permits.release(0, 0, held);
        }
        break;
      default:
        ++refused;
        break;
      }
      if (random.one_in(4) && permits.try_acquire(1) == acquired::taken) permits.release_unused(1, held);
      look_for_news();
      if (held.size() > random.roll(options_.max_ops)) give_back(held);
    }
    while (!held.empty())
      give_back(held);
  }

  void watch(std::uint64_t seed) {
    dice random(seed);
    while (!over_) {
      std::atomic<int> calmed{0};
      test_operation op(op_code::wait_level);
      op.offset = random.roll(2);
      op.subject = &calmed;
      if (permits.acquire(op) != acquired::waiting) {
        std::this_thread::yield();
        continue;
      }
      ++waits;
      int expected = 1;
      if (random.one_in(4) && permits.cancel(op)) expected = 0;
      for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
           calmed < expected && std::chrono::steady_clock::now() < end;)
        std::this_thread::yield();
      if (calmed != expected) ++lost;
      static_cast<void>(permits.cancel(op)); // it goes now, even if it was forgotten
    }
  }

  const std::uint64_t seed_;
  const bridge_options options_;
  std::array<std::deque<test_operation>, 3> all_; // of each worker; kept, since another may give one's permit back
  std::atomic<bool> over_{false};
};

void expect_sound(const bridge_options& options) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  crowd all(options, seed);
  all.run(10000);
  EXPECT_EQ(all.admitted + all.refused, all.begun);
  EXPECT_EQ(all.exceeded, 0U);
  EXPECT_EQ(all.lost, 0U);
  EXPECT_EQ(all.permits.ops(), 0U);
  EXPECT_EQ(all.permits.bytes(), 0U);
  EXPECT_EQ(all.permits.outstanding(), 0U);
  EXPECT_EQ(all.permits.waiting(), 0U) << "somebody waits although there is room";
  EXPECT_EQ(all.permits.level(), pressure_level::normal);
  std::array<std::uint64_t, 3> entered{};
  pressure_level before = pressure_level::normal;
  for (const pressure_level each : all.told) {
    ASSERT_NE(each, before) << "no change";
    ++entered.at(static_cast<std::size_t>(each));
    before = each;
  }
  EXPECT_EQ(before, all.permits.level()) << "the last change that was told";
  EXPECT_EQ(entered, all.permits.history().entered) << "each was told once";
  EXPECT_FALSE(all.told.empty());
}

TEST(admission_crowd, finds_few_permits) {
  expect_sound({.max_ops = 3, .max_bytes = 100});
}
TEST(admission_crowd, finds_some_permits_reserved) {
  expect_sound({.max_ops = 8, .max_bytes = 1000, .max_waiters = 20, .reserved_ops = 4});
}
TEST(admission_crowd, is_refused_where_there_is_no_room) {
  expect_sound({.max_ops = 8, .max_bytes = 1000, .reserved_ops = 1, .when_full = when_full::refuse});
}
// So many that some are handed out in advance.
TEST(admission_crowd, finds_many_permits) {
  expect_sound({.max_ops = 400, .max_bytes = 4000});
}

// Permits without an operation come and go while one operation is outstanding.
TEST(admission_crowd, sees_no_more_and_no_less_outstanding_than_there_is) {
  for (const std::size_t max_ops : {std::size_t{3}, std::size_t{1000}}) {
    admission permits(bridge_options{.max_ops = max_ops});
    test_operation held;
    ASSERT_EQ(permits.acquire(held), acquired::taken);
    std::atomic<std::uint64_t> wrong{0};
    std::atomic<bool> over{false};
    std::thread observer([&] {
      while (!over)
        if (const std::uint64_t seen = permits.outstanding(); seen < 1 || seen > max_ops) ++wrong;
    });
    std::vector<std::thread> holders;
    for (int each = 0; each < 2; ++each)
      holders.emplace_back([&] {
        operation_list granted;
        for (int round = 0; round < 100000; ++round)
          if (permits.try_acquire(1) == acquired::taken) permits.release_unused(1, granted);
      });
    for (std::thread& each : holders)
      each.join();
    over = true;
    observer.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(permits.outstanding(), 1U);
    EXPECT_EQ(permits.ops(), 1U);
  }
}

} // namespace
} // namespace shardbridge::detail
