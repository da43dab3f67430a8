// Goal: samples say what happened between them, and what is made of them is right. Method: made-up snapshots.

#include "common/failure.hpp"
#include "pressure/resident_memory.hpp"
#include "pressure/sample.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

sample make_sample(double t, phase in, std::uint64_t resident, std::uint64_t queue = 0) {
  sample result;
  result.t = t;
  result.in = in;
  result.resident = resident;
  result.queue = queue;
  return result;
}

TEST(sample, holds_the_counts_of_its_interval) {
  const snapshot before{.t = 1.0,
                        .in = phase::overload,
                        .resident = 10,
                        .queue = 5,
                        .waiting = 1,
                        .level = 0,
                        .offered = 100,
                        .admitted = 50,
                        .completed = 40,
                        .refused = 45};
  snapshot now = before;
  now.t = 1.5;
  now.resident = 20;
  now.queue = 7;
  now.level = 2;
  now.offered = 160;
  now.admitted = 60;
  now.completed = 48;
  now.refused = 95;
  latency_histogram recent;
  for (int i = 0; i != 99; ++i)
    recent.record(1ms);
  recent.record(1s);
  const sample between = sample_between(before, now, recent);
  EXPECT_DOUBLE_EQ(between.seconds, 0.5);
  EXPECT_EQ(between.offered, 60U);
  EXPECT_EQ(between.admitted, 10U);
  EXPECT_EQ(between.completed, 8U);
  EXPECT_EQ(between.refused, 50U);
  EXPECT_EQ(between.queue, 7U) << "not a count";
  EXPECT_EQ(between.resident, 20U);
  EXPECT_EQ(between.level, 2U);
  EXPECT_NEAR(between.p50_ms, 1, 0.01);
  EXPECT_NEAR(between.p99_ms, 1, 0.01);
  EXPECT_EQ(sample_between(before, now, {}).p99_ms, 0) << "nothing was completed";
}

TEST(sample, survives_json) {
  sample one = make_sample(-0.5, phase::drain, std::uint64_t{3} << 40, 17);
  one.waiting = 3;
  one.level = 1;
  one.offered = 11;
  one.p99_ms = 12.5;
  const auto text = nlohmann::ordered_json(one).dump();
  const auto copy = nlohmann::ordered_json::parse(text).get<sample>();
  EXPECT_EQ(copy.in, phase::drain);
  EXPECT_EQ(nlohmann::ordered_json(copy).dump(), text);
}

TEST(rate_in, is_of_one_phase) {
  std::vector<sample> samples{make_sample(0, phase::base, 0), make_sample(0.1, phase::overload, 0),
                              make_sample(0.3, phase::overload, 0), make_sample(0.4, phase::drain, 0)};
  const double lengths[] = {1, 0.1, 0.2, 0.1};
  const std::uint64_t counts[] = {1000, 5, 10, 500};
  for (std::size_t i = 0; i != samples.size(); ++i) {
    samples[i].seconds = lengths[i];
    samples[i].completed = counts[i];
  }
  EXPECT_NEAR(rate_in(samples, phase::overload, &snapshot::completed), 50, 1e-9);
  EXPECT_EQ(rate_in(samples, phase::warm_up, &snapshot::completed), 0);
  EXPECT_EQ(rate_in({}, phase::overload, &snapshot::completed), 0);
}

TEST(longest_queue, is_of_one_phase) {
  const std::vector<sample> samples{make_sample(0, phase::base, 0, 99), make_sample(0.1, phase::overload, 0, 7),
                                    make_sample(0.2, phase::overload, 0, 3)};
  EXPECT_EQ(longest_queue(samples, phase::overload), 7U);
  EXPECT_EQ(longest_queue(samples, phase::drain), 0U);
}

TEST(memory_of, grows_from_where_it_had_settled) {
  const std::vector<sample> samples{make_sample(-0.1, phase::base, 80),     make_sample(0, phase::base, 100),
                                    make_sample(0.5, phase::overload, 150), make_sample(1, phase::overload, 200),
                                    make_sample(1.5, phase::overload, 260), make_sample(2, phase::overload, 250),
                                    make_sample(2.1, phase::drain, 240)};
  const memory_use use = memory_of(samples, 1);
  EXPECT_EQ(use.before, 100);
  EXPECT_EQ(use.settled, 200);
  EXPECT_EQ(use.peak, 260);
  EXPECT_DOUBLE_EQ(use.growth_percent(), 30);
}

TEST(memory_of, does_not_count_what_was_used_before_it_had_settled) {
  const std::vector<sample> samples{make_sample(0, phase::base, 500), make_sample(1, phase::overload, 200),
                                    make_sample(2, phase::overload, 200)};
  EXPECT_EQ(memory_of(samples, 1).growth_percent(), 0);
  EXPECT_EQ(memory_of(samples, 1).before, 500);
  EXPECT_EQ(memory_of({}, 1).growth_percent(), 0);
}

TEST(memory_of, grows_from_the_base_load_where_it_had_no_time_to_settle) {
  const std::vector<sample> samples{make_sample(0, phase::base, 100), make_sample(0.1, phase::overload, 300),
                                    make_sample(0.2, phase::drain, 200)};
  for (const double settle : {0.05, 1.0}) {
    const memory_use use = memory_of(samples, settle);
    EXPECT_EQ(use.settled, 100);
    EXPECT_EQ(use.peak, 300);
  }
}

TEST(resident_memory, is_the_second_number_in_pages) {
  EXPECT_EQ(resident_from_statm("5000 123 77 1 0 400 0", 4096), 123U * 4096);
  EXPECT_THROW(resident_from_statm("", 4096), run_failure);
  EXPECT_THROW(resident_from_statm("5000 many", 4096), run_failure);
}

TEST(resident_memory, grows_with_what_is_touched) {
  const auto before = resident_memory();
  std::vector<char> touched(std::size_t{32} << 20, 'x');
  EXPECT_GE(resident_memory(), before + (std::uint64_t{30} << 20));
  EXPECT_EQ(touched.back(), 'x');
}

} // namespace
} // namespace shardbridge::bench
