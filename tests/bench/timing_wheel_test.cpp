// Goal: the timing wheel, which is measured beside the heap, holds and gives out what the heap does, but for a granule.
// Method: random programs on both with times of all magnitudes, and a printed seed; the edges of a granule by hand.

#include "common/random.hpp"
#include "micro/timing_wheel.hpp"

#include <bridge/deadline_heap.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

constexpr std::int64_t granule = timing_wheel::granule;

struct timed_operation final : detail::operation {
  timed_operation() noexcept : operation(detail::op_code::read, nullptr) {}
};

std::uint64_t given_or_new_seed() {
  // Nothing changes the environment while tests run.
  const char* const given = std::getenv("SHARDBRIDGE_TEST_SEED"); // NOLINT(concurrency-mt-unsafe)
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

/// Runs random programs until one fails.
template <class Program>
void run_programs(std::uint64_t count, Program program) {
  const std::uint64_t seed = given_or_new_seed();
  for (std::uint64_t i = 0; i != count && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "repeat with SHARDBRIDGE_TEST_SEED=" << seed + i);
    program(seed + i);
  }
}

/// Every magnitude below 2^bits is as likely as any other.
std::int64_t random_time(random_source& random, std::uint64_t bits) {
  return static_cast<std::int64_t>(random.below(std::uint64_t{1} << random.below(bits + 1)));
}

TEST(timing_wheel, is_empty_at_first) {
  timing_wheel wheel;
  EXPECT_TRUE(wheel.empty());
  EXPECT_EQ(wheel.earliest(), detail::never);
  EXPECT_EQ(wheel.pop_due(granule), nullptr);
}

TEST(timing_wheel, reports_at_the_granule_behind_the_deadline) {
  timing_wheel wheel;
  timed_operation punctual;
  punctual.deadline = 5 * granule;
  timed_operation rounded;
  rounded.deadline = 5 * granule + 1;
  wheel.insert(rounded);
  wheel.insert(punctual);
  EXPECT_EQ(wheel.earliest(), 5 * granule);
  EXPECT_EQ(wheel.pop_due(5 * granule - 1), nullptr);
  EXPECT_EQ(wheel.pop_due(5 * granule), &punctual);
  EXPECT_EQ(wheel.earliest(), 6 * granule);
  EXPECT_EQ(wheel.pop_due(6 * granule - 1), nullptr);
  EXPECT_EQ(wheel.pop_due(6 * granule), &rounded);
  EXPECT_TRUE(wheel.empty());
}

TEST(timing_wheel, reports_at_once_what_is_late_already) {
  timing_wheel wheel;
  EXPECT_EQ(wheel.pop_due(1000 * granule), nullptr);
  timed_operation op;
  for (const std::int64_t deadline : {detail::before_all, std::int64_t{-1}, std::int64_t{0}, 1000 * granule}) {
    op.deadline = deadline;
    wheel.insert(op);
    EXPECT_EQ(wheel.earliest(), 1000 * granule);
    EXPECT_EQ(wheel.pop_due(1000 * granule), &op);
  }
}

TEST(timing_wheel, forgets_what_leaves_and_ignores_what_is_not_in_it) {
  timing_wheel wheel;
  std::array<timed_operation, 3> one_slot;
  wheel.erase(one_slot[0]);
  for (const std::size_t leaver : {0U, 1U, 2U}) {
    for (timed_operation& op : one_slot) {
      op.deadline = 100 * granule;
      wheel.insert(op);
    }
    for (std::size_t i = 0; i != one_slot.size(); ++i)
      wheel.erase(one_slot[(leaver + i) % one_slot.size()]);
    wheel.erase(one_slot[leaver]);
    EXPECT_TRUE(wheel.empty());
    EXPECT_EQ(wheel.earliest(), detail::never);
  }
}

/// Two nodes with one deadline, since both structures write to theirs.
struct twins {
  timed_operation in_heap;
  timed_operation in_wheel;
};

class heap_and_wheel {
 public:
  explicit heap_and_wheel(std::uint64_t seed) : random_(seed) {}

  void step() {
    const std::uint64_t what = random_.below(8);
    twins& pair = all_[random_.below(all_.size())];
    if (what < 4)
      insert(pair);
    else if (what < 6)
      erase(pair);
    else if (what < 7)
      now_ += random_time(random_, 50);
    else
      pop_some(random_.below(all_.size()));
    check_earliest();
  }

  void empty_it() {
    now_ += std::int64_t{1} << 60;
    pop_some(all_.size());
    ASSERT_TRUE(wheel_.empty());
    ASSERT_TRUE(heap_.empty());
  }

 private:
  void insert(twins& pair) {
    if (pair.in_wheel.heap_index != timing_wheel::absent) return;
    const bool late = random_.below(8) == 0;
    pair.in_heap.deadline = pair.in_wheel.deadline = now_ + random_time(random_, 58) * (late ? -1 : 1);
    heap_.insert(pair.in_heap);
    wheel_.insert(pair.in_wheel);
  }

  void erase(twins& pair) {
    heap_.erase(pair.in_heap);
    wheel_.erase(pair.in_wheel);
    ASSERT_EQ(pair.in_wheel.heap_index, timing_wheel::absent);
  }

  void pop_some(std::size_t most) {
    for (std::size_t i = 0; i != most; ++i) {
      detail::operation* const due = wheel_.pop_due(now_);
      if (due == nullptr) {
        ASSERT_GT(heap_.earliest(), now_ - granule) << "is late by a granule or more";
        ASSERT_GT(wheel_.earliest(), now_) << "nobody could sleep";
        return;
      }
      ASSERT_LE(due->deadline, now_);
      ASSERT_EQ(due->heap_index, timing_wheel::absent);
      const auto pair = std::find_if(all_.begin(), all_.end(), [&](twins& each) { return &each.in_wheel == due; });
      ASSERT_NE(pair->in_heap.heap_index, detail::deadline_heap::absent) << "has been taken out before";
      heap_.erase(pair->in_heap);
    }
  }

  void check_earliest() const {
    ASSERT_EQ(wheel_.empty(), heap_.empty());
    if (heap_.empty())
      ASSERT_EQ(wheel_.earliest(), detail::never);
    else
      ASSERT_LT(wheel_.earliest(), std::max(heap_.earliest(), now_) + granule);
  }

  random_source random_;
  std::int64_t now_ = 0;
  detail::deadline_heap heap_;
  timing_wheel wheel_;
  std::array<twins, 40> all_;
};

TEST(timing_wheel, does_what_the_heap_does) {
  run_programs(1000, [](std::uint64_t seed) {
    heap_and_wheel both(seed);
    for (int step = 0; step != 400 && !testing::Test::HasFatalFailure(); ++step)
      both.step();
    both.empty_it();
  });
}

TEST(timing_wheel, wakes_one_who_sleeps_until_the_earliest_in_time_and_seldom_for_nothing) {
  run_programs(300, [](std::uint64_t seed) {
    random_source random(seed);
    std::array<timed_operation, 40> operations;
    timing_wheel wheel;
    for (timed_operation& op : operations) {
      op.deadline = random_time(random, 60);
      wheel.insert(op);
    }
    std::size_t reported = 0;
    std::size_t for_nothing = 0;
    std::int64_t last = -1;
    while (!wheel.empty()) {
      const std::int64_t now = wheel.earliest();
      ASSERT_GT(now, last);
      last = now;
      const std::size_t before = reported;
      for (; const detail::operation* const due = wheel.pop_due(now); ++reported) {
        ASSERT_LE(due->deadline, now);
        ASSERT_GT(due->deadline, now - granule);
      }
      if (reported == before) ++for_nothing;
    }
    ASSERT_EQ(reported, operations.size());
    constexpr std::size_t upper_levels = 7;
    ASSERT_LE(for_nothing, upper_levels * operations.size());
  });
}

} // namespace
} // namespace shardbridge::bench
