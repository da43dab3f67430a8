// Goal: an Asio service on one thread, the test's own, with a group of shards behind it. Method: an io_context that is
// run until it is out of work, so that every test also checks that nothing is left outstanding when all is answered.
#pragma once

#include "outcome.hpp"

namespace shardbridge::tests {

/// Longer than anything takes that works, shorter than a test's time limit.
inline constexpr std::chrono::seconds patience = 60s;

class service {
 public:
  explicit service(shard_group_options shards = {}, const bridge_options& limits = {})
      : group(std::move(shards)), link(context, group, limits) {}

  /// Runs until nothing is outstanding. False: something is, for too long.
  [[nodiscard]] bool finish() {
    context.restart();
    context.run_for(patience);
    return context.stopped();
  }

  /// Runs until `done()`. False: it did not come about.
  template <class Done>
  [[nodiscard]] bool run_until(Done done) {
    for (const auto end = std::chrono::steady_clock::now() + patience; !done();) {
      context.restart();
      if (std::chrono::steady_clock::now() > end) return false;
      context.run_one_for(10ms);
    }
    return true;
  }

  /// Starts one operation by calling `initiate(handler)` and runs until nothing is outstanding.
  template <class Initiate>
  outcome complete(Initiate initiate) {
    outcome out;
    initiate(out.handler());
    EXPECT_TRUE(finish()) << "something is still outstanding";
    EXPECT_EQ(out.calls, 1) << "a handler is called exactly once";
    return out;
  }

  /// Of all shards.
  [[nodiscard]] std::uint64_t submissions() const {
    std::uint64_t sum = 0;
    for (const shard_stats& each : group.stats())
      sum += each.submissions;
    return sum;
  }
  [[nodiscard]] std::uint64_t in_flight() const {
    std::uint64_t sum = 0;
    for (const shard_stats& each : group.stats())
      sum += each.in_flight;
    return sum;
  }
  /// Until so many operations are in the kernel.
  [[nodiscard]] bool wait_in_flight(std::uint64_t count) {
    return run_until([&] { return in_flight() == count; });
  }

  asio::io_context context;
  shard_group group;
  bridge link;
};

/// Every accepted operation came back, and every permit with it.
inline void expect_balanced(const bridge_stats& seen) {
  EXPECT_EQ(seen.accepted, seen.completed);
  EXPECT_EQ(seen.ops, 0U);
  EXPECT_EQ(seen.bytes, 0U);
  EXPECT_EQ(seen.waiting, 0U);
}

} // namespace shardbridge::tests
