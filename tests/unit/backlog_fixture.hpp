// Goal: a backlog without a loop around it.
// Method: operations that belong to the test, of three bridges.
#pragma once

#include "printers.hpp"
#include "test_operation.hpp"

#include <shard_side/backlog.hpp>

#include <deque>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {

inline std::shared_ptr<connection> unattached_connection() {
  return std::make_shared<connection>(wake_pair{std::make_shared<wake_side>(), std::make_shared<wake_side>()}, 1);
}

class backlog_test : public testing::Test {
 public:
  using named = std::vector<operation*>;
  using source = std::shared_ptr<connection>;

  named push(std::size_t count, const source& from, priority which = priority::normal, bool patient = false) {
    named out;
    while (out.size() < count) {
      out.push_back(&operations.emplace_back());
      out.back()->joined = &*from;
      out.back()->priority = which;
      out.back()->patient = patient;
      waiting.push(*out.back());
    }
    return out;
  }
  named push_patient(std::size_t count, const source& from, priority which = priority::normal) {
    return push(count, from, which, true);
  }
  /// As many as there are, but no more than `most`.
  named pop(std::size_t most, bool patient = true) {
    named out;
    while (out.size() < most) {
      operation* const op = waiting.pop(patient);
      if (op == nullptr) break;
      out.push_back(op);
    }
    return out;
  }
  named pop_all(bool patient = true) { return pop(SIZE_MAX, patient); }

  const source a = unattached_connection(), b = unattached_connection(), c = unattached_connection();
  std::deque<test_operation> operations;
  backlog waiting;
};

} // namespace shardbridge::detail
