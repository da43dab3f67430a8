// Goal: one shard's loop, stepped turn by turn, with the test as kernel and as Asio side.
// Method: the fake driver below, a connection above. Whenever the loop waits, it is checked that it may: nothing to be
// taken, nothing to be told, and whoever publishes from then on owes a wake.
#pragma once

#include "fake_driver.hpp"
#include "test_operation.hpp"

#include <bridge/shard_port.hpp>
#include <shard_side/shard_loop.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace shardbridge::detail {

inline std::int64_t clock_now() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

/// Whether a publish at this moment would owe a wake, see wake_word.
inline bool asleep(wake_side& side) {
  const std::uint64_t word = side.word().raw();
  const std::uint64_t ticket_mask = (std::uint64_t{1} << 31U) - 1;
  return ((word >> 32U) & ticket_mask) == (word & ticket_mask);
}

inline std::shared_ptr<connection> join(shard_port& port) {
  auto joined = std::make_shared<connection>(wake_pair{port.shared_wake(), std::make_shared<wake_side>()}, 64);
  port.attach(joined);
  return joined;
}

class shard_loop_test : public testing::Test {
 public:
  using meaning = lane_item::meaning;
  using place = operation::place;
  using named = std::vector<operation*>;
  static constexpr std::int64_t hour = 3'600'000'000'000;

  explicit shard_loop_test(const shard_group_options& given = sleeping_at_once()) : options(given) {
    kernel.on_wait = [this] { expect_that_it_may_wait(); };
  }
  ~shard_loop_test() override { EXPECT_TRUE(kernel.under_way.empty()) << "the kernel still has something"; }

  static shard_group_options sleeping_at_once() {
    return {.ring_entries = 2,
            .timeout_mode = timeout_mode::linked,
            .spin = std::chrono::nanoseconds(0),
            .turn_slice = std::chrono::seconds(1)}; // of which nothing here takes all
  }
  void push(operation& op, meaning what = meaning::request) { push_to(*joined, op, what); }
  static void push_to(connection& to, operation& op, meaning what = meaning::request) {
    to.requests.push({op, what});
    to.wakes.consumer_wake->publish();
  }
  void push_all(const named& all) {
    for (operation* each : all)
      push(*each);
  }
  /// As the Asio side cancels; false: no message was sent.
  bool cancel(operation& op, cancel_kind kind = cancel_kind::any) {
    if (op.cancel.request(kind) != cancel_word::requested::send) return false;
    push(op, meaning::cancel);
    return true;
  }
  static void make_cancellable(operation& op) {
    op.cancellable = true;
    EXPECT_TRUE(op.cancel.publish());
  }

  /// As many turns as it takes to take and answer what is there; none may be the last.
  void turn() {
    for (int each = 0; each < 3; ++each)
      ASSERT_TRUE(loop.turn());
  }
  void complete(std::int32_t result, std::size_t at = 0) {
    ASSERT_LT(at, kernel.under_way.size());
    kernel.complete(at, result);
    turn();
  }
  /// Until the loop ends.
  void stop() {
    port.request_stop();
    for (int each = 0; loop.turn(); ++each)
      ASSERT_LT(each, 100) << "the loop does not end";
  }
  /// One turn that takes `op` before its deadline, which passes before this returns: with a deadline further ahead
  /// where the machine was too slow.
  void take_and_let_expire(operation& op) {
    take_and_let_expire(op, [] {});
  }
  template <class Between>
  void take_and_let_expire(operation& op, Between between) {
    for (std::int64_t ahead = 20'000; ahead < hour; ahead *= 4) {
      op.deadline = clock_now() + ahead;
      push(op);
      ASSERT_TRUE(loop.turn());
      if (op.where != place::nowhere) {
        between();
        while (clock_now() <= op.deadline)
          std::this_thread::yield();
        return;
      }
      ASSERT_EQ(replies(), named{&op});
    }
    FAIL() << "always late";
  }

  named replies() { return replies_of(*joined); }
  static named replies_of(connection& from) {
    named all;
    std::array<operation*, 16> some{};
    while (const std::size_t count = from.replies.pop(some))
      all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
    return all;
  }

  void expect_that_it_may_wait() {
    EXPECT_TRUE(asleep(port.wake())) << "a publish would wake nobody";
    EXPECT_TRUE(port.take_messages().empty()) << "waits although there is a message";
    for (const auto& each : connections) {
      std::array<lane_item, 1> item;
      EXPECT_EQ(each->requests.pop(item), 0U) << "waits although there is a request";
      EXPECT_TRUE(each->pending_replies.empty()) << "waits although there is a reply";
    }
  }

  static constexpr op_result success{};
  static constexpr op_result aborted{result_kind::aborted, 0, 0};
  static constexpr op_result expired_queued = op_result::of(errc::expired_queued);
  static constexpr op_result stopped = op_result::of(errc::stopped);
  static op_result moved(std::uint64_t bytes) { return {result_kind::success, 0, bytes}; }

  std::deque<shard_port> ports{2};
  shard_port& port = ports[0];
  std::shared_ptr<connection> joined = join(port);
  std::vector<std::shared_ptr<connection>> connections{joined};
  test_file regular{true, 1000000};
  test_file pipe{false, 1000001};
  fake_driver kernel;
  shard_group_options options;
  loop_counters counters;
  shard_loop loop{ports, kernel, options, 0, counters};
};

} // namespace shardbridge::detail
