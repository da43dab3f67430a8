// Goal: a recorder's snapshot is the histogram of what was recorded, also while recording goes on.
// Method: the same random times into both; then a thread that records beside one that takes snapshots.
#include "seed.hpp"

#include <bridge/latency_recorder.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST(latency_recorder, snapshot_is_the_histogram_of_the_same_times) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  dice dice(seed);
  latency_recorder recorder;
  latency_histogram histogram;
  EXPECT_EQ(recorder.snapshot(), histogram);
  for (int each = 0; each < 10'000; ++each) {
    const nanoseconds time(static_cast<std::int64_t>(dice.roll(std::size_t{1} << dice.roll(45))));
    recorder.record(time);
    histogram.record(time);
  }
  recorder.record(-1ns);
  histogram.record(-1ns);
  EXPECT_EQ(recorder.snapshot(), histogram);
}

TEST(latency_recorder, snapshots_only_grow_and_miss_nothing_in_the_end) {
  constexpr std::uint64_t times = 100'000;
  latency_recorder recorder;
  std::jthread writer([&] {
    for (std::uint64_t each = 0; each < times; ++each)
      recorder.record(nanoseconds(each % 1000));
  });
  std::uint64_t last = 0;
  for (int each = 0; each < 20; ++each) {
    const std::uint64_t now = recorder.snapshot().count();
    EXPECT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(recorder.snapshot().count(), times);
}

TEST(latency_recorder, loses_nothing_where_writers_take_turns) {
  constexpr int threads = 3;
  constexpr int times = 5000;
  latency_recorder recorder;
  std::mutex role;
  {
    std::vector<std::jthread> writers;
    writers.reserve(threads);
    for (int each = 0; each < threads; ++each) {
      writers.emplace_back([&] {
        for (int time = 0; time < times; ++time) {
          const std::lock_guard holds(role);
          recorder.record(5ns);
        }
      });
    }
  }
  EXPECT_EQ(recorder.snapshot().count_at_most(5ns), std::uint64_t{threads} * times);
}

} // namespace
} // namespace shardbridge::detail
