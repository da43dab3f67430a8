// A collector for Prometheus without Asio: what it was given, by weak pointers, and how it is read.
//
// Threads: any.
#pragma once

#include <shardbridge/detail/bridge_core.hpp>
#include <shardbridge/stats.hpp>

#include <prometheus/metric_family.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::detail {

struct group_core;

/// A bridge that is told of. Whoever reads its numbers may turn out to be the last one that holds it, and then closes
/// its I/O objects; so these must still be intact, and forget() waits until the reader has let go.
class bridge_numbers {
 public:
  bridge_numbers(std::string name, std::weak_ptr<bridge_core> bridge)
      : name_(std::move(name)), bridge_(std::move(bridge)) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool gone() const {
    const std::lock_guard lock(mutex_);
    return bridge_.expired();
  }
  /// Nothing: the bridge is gone.
  [[nodiscard]] std::optional<bridge_stats> read() const {
    const std::lock_guard lock(mutex_);
    const auto alive = bridge_.lock(); // let go of before the lock is
    if (!alive) return std::nullopt;
    return alive->stats();
  }
  /// The execution context of the bridge ends.
  void forget() noexcept {
    const std::lock_guard lock(mutex_);
    bridge_.reset();
  }

 private:
  const std::string name_;
  mutable std::mutex mutex_;
  std::weak_ptr<bridge_core> bridge_;
};

class collector_core {
 public:
  /// `watched` is kept as long as the bridge is told of. Throws std::invalid_argument for a name that will not do.
  void add(std::shared_ptr<bridge_numbers> bridge, std::shared_ptr<void> watched);
  void add(std::string name, std::weak_ptr<group_core> group);

  [[nodiscard]] std::vector<::prometheus::MetricFamily> collect() const;

 private:
  struct told_bridge {
    std::shared_ptr<bridge_numbers> numbers;
    std::shared_ptr<void> watched;
  };
  struct told_group {
    std::string name;
    std::weak_ptr<group_core> group;
  };

  mutable std::mutex mutex_;
  std::vector<told_bridge> bridges_;
  std::vector<told_group> groups_;
};

} // namespace shardbridge::detail
