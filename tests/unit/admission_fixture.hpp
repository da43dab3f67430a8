// Goal: an admission, operations that a test hands to it, and what it hands back.
// Method: operations belong to the test; lists are turned into vectors, which can be compared.
#pragma once

#include "printers.hpp"
#include "test_operation.hpp"

#include <bridge/admission.hpp>

#include <cstdint>
#include <deque>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {

class admission_fixture : public testing::Test {
 public:
  using named = std::vector<operation*>;
  using levels = std::vector<pressure_level>;

  explicit admission_fixture(const bridge_options& options) : permits(options) {}

  test_operation& make(std::uint64_t bytes, std::int64_t deadline = never) {
    test_operation& op = operations_.emplace_back();
    op.bytes = bytes;
    op.deadline = deadline;
    return op;
  }
  test_operation& make_high(std::uint64_t bytes) {
    test_operation& op = make(bytes);
    op.priority = priority::high;
    return op;
  }
  /// A read that may wait for ever.
  test_operation& make_patient(std::uint64_t bytes, std::int64_t deadline = never) {
    test_operation& op = make(bytes, deadline);
    op.patient = true;
    return op;
  }
  test_operation& make_wait(pressure_level at_most, std::int64_t deadline = never) {
    test_operation& op = operations_.emplace_back(op_code::wait_level);
    op.offset = static_cast<std::uint64_t>(at_most);
    op.deadline = deadline;
    return op;
  }
  static void cancel_before(operation& op) {
    op.cancellable = true;
    ASSERT_EQ(op.cancel.request(cancel_kind::any), cancel_word::requested::remembered);
  }

  static named emptied(operation_list& list) {
    named all;
    while (operation* const op = list.pop_front())
      all.push_back(op);
    return all;
  }
  named released(std::uint64_t ops, std::uint64_t bytes, std::uint64_t patient = 0) {
    operation_list granted;
    permits.release(ops, bytes, granted, patient);
    return emptied(granted);
  }
  /// What becomes free because a waiter was taken out.
  named looked_again() { return released(0, 0); }
  named expired(std::int64_t now) {
    operation_list out;
    permits.expire(now, out);
    return emptied(out);
  }
  named closed() {
    operation_list out;
    permits.close(out);
    return emptied(out);
  }

  /// So many operations of one byte.
  void hold(std::size_t count) {
    for (std::size_t each = 0; each < count; ++each)
      ASSERT_EQ(permits.acquire(make(1)), admission::acquired::taken);
  }

  admission permits;

 private:
  std::deque<test_operation> operations_;
};

/// 20 permits: throttled from 17 on and until below 15, suspended from 19 on and until below 17.
class admission_level_fixture : public admission_fixture {
 public:
  admission_level_fixture() : admission_fixture({.max_ops = 20, .max_bytes = 1000, .max_waiters = 0}) {
    permits.observe_changes(true);
  }

  /// One more operation holds a permit, or one less.
  void more(std::size_t count) { hold(count); }
  void less(std::uint64_t count) { EXPECT_EQ(released(count, count), named{}); }
  /// The waits whose level has come.
  named calmed() {
    operation_list out;
    on_duty = permits.take_news(out) || on_duty;
    return emptied(out);
  }
  levels told() {
    levels out;
    while (const auto level = permits.fetch_change())
      out.push_back(*level);
    on_duty = false;
    return out;
  }

  bool on_duty = false;
};

} // namespace shardbridge::detail
