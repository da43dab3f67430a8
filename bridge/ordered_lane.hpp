// A way onto a request lane that keeps the order of those who use it, whatever threads they are: moodycamel's lanes are
// first in, first out by producer, and this is one producer.
//
// Threads: any; the lock makes them one, and is free where an application initiates in an order, as it must for there
// to be one.
#pragma once

#include <bridge/connection.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace shardbridge::detail {

class ordered_lane {
 public:
  explicit ordered_lane(std::shared_ptr<connection> to) : to_(std::move(to)), producer_(to_->requests.producer()) {}

  [[nodiscard]] bool leads_to(const connection& which) const noexcept { return to_.get() == &which; }

  /// Throws std::bad_alloc.
  void push(lane_item item) {
    const std::lock_guard lock(pushing_);
    to_->requests.push(producer_, item);
  }

 private:
  const std::shared_ptr<connection> to_;
  std::mutex pushing_;
  request_lane::ordered producer_;
};

} // namespace shardbridge::detail
