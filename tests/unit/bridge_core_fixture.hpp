// Goal: the Asio side of a bridge with a test at the other end of its connection. Method: what needs an executor is
// only counted; the test takes requests and gives replies as the shard would, and says what time it is.
#pragma once

#include "printers.hpp"
#include "test_operation.hpp"

#include <asio_side/bridge_parts.hpp>
#include <bridge/group_core.hpp>

#include <shardbridge/detail/bridge_core.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {

using delivery = operation::delivery;
using meaning = lane_item::meaning;

/// Stands still unless a test moves it, so that nothing depends on how fast the machine is.
struct test_clock {
  static inline std::int64_t time = 1'000'000'000;
  static std::int64_t now() noexcept { return time; }
  static void advance(std::chrono::nanoseconds by) { time += by.count(); }
};

class counting_core final : public bridge_core {
 public:
  using bridge_core::abandon;
  using bridge_core::drain;
  using bridge_core::expire_waiters;
  using bridge_core::fetch_change;
  using bridge_core::observe_changes;
  using bridge_core::woken;
  counting_core(std::shared_ptr<group_core> joined, const bridge_options& options)
      : bridge_core(std::move(joined), options) {
    parts_->clock = &test_clock::now;
  }
  ~counting_core() override = default;

  /// As if handlers had taken so long in the last two batches.
  void handlers_take(std::chrono::nanoseconds length) {
    parts_->handlers_took(length.count());
    parts_->handlers_took(length.count());
  }

  int waits = 0;
  int posted_drains = 0;
  int posted_changes = 0;
  std::int64_t timer = never;

 private:
  void wait_for_replies() override { ++waits; }
  void post_drain() override { ++posted_drains; }
  void set_timer(std::int64_t deadline) override { timer = deadline; }
  void post_changes() override { ++posted_changes; }
};

class bridge_core_test : public testing::Test {
 public:
  bridge_core_test() { use({.max_ops = 2, .max_bytes = 100, .max_waiters = 2, .spin = std::chrono::nanoseconds(0)}); }
  /// Another bridge instead of the one before.
  void use(const bridge_options& options) {
    core = std::make_shared<counting_core>(group, options);
    std::uint64_t version = UINT64_MAX;
    group->ports[0].refresh(connections, version);
    ASSERT_EQ(connections.size(), 1U);
  }
  test_operation& make(std::uint64_t bytes, std::int64_t deadline = never) {
    test_operation& op = operations.emplace_back();
    op.bytes = bytes;
    op.deadline = deadline;
    return op;
  }
  test_operation& initiate(std::uint64_t bytes, std::int64_t deadline = never) {
    test_operation& op = make(bytes, deadline);
    core->initiate(op);
    return op;
  }
  /// What the shard finds on its lane.
  std::vector<lane_item> requests() {
    std::vector<lane_item> all(100);
    all.resize(connections[0]->requests.pop(all));
    return all;
  }
  void reply(operation& op) {
    op.result = {};
    std::array<operation*, 1> batch{&op};
    ASSERT_TRUE(connections[0]->replies.push(batch));
    connections[0]->wakes.producer_wake->publish();
  }
  static void expect_ended(const test_operation& op, delivery how, op_result result = {}) {
    EXPECT_EQ(op.delivered, 1);
    EXPECT_EQ(op.how, how);
    EXPECT_EQ(op.result, result);
  }

  static constexpr op_result aborted{result_kind::aborted, 0, 0};
  static constexpr op_result stopped = op_result::of(errc::stopped);

  std::deque<test_operation> operations;
  std::shared_ptr<group_core> group = std::make_shared<group_core>(shard_group_options{});
  std::shared_ptr<counting_core> core;
  shard_port::connections connections;
};

} // namespace shardbridge::detail
