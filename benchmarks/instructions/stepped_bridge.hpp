// A bridge without threads: its handlers run when they are told to, and its clock stands still, so that no handler is
// ever slow. All else is the library's own.
#pragma once

#include <asio_side/bridge_parts.hpp>

#include <shardbridge/detail/bridge_core.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace shardbridge::bench {

class stepped_bridge final : public detail::bridge_core {
 public:
  explicit stepped_bridge(std::shared_ptr<detail::group_core> group)
      : bridge_core(std::move(group), {.spin = std::chrono::nanoseconds(0)}) {
    parts_->clock = []() noexcept { return std::int64_t{1}; };
  }
  ~stepped_bridge() override = default;

  /// What an execution context would call now.
  void serve() {
    if (std::exchange(drain_posted_, false)) return drain();
    const bool replied = parts_->replies->word().observe() != parts_->dry_at;
    if (replied && std::exchange(waits_, false)) woken();
  }

 private:
  void wait_for_replies() override { waits_ = true; }
  void post_drain() override { drain_posted_ = true; }
  void set_timer(std::int64_t) override {}
  void post_changes() override {}

  bool waits_ = false;
  bool drain_posted_ = false;
};

} // namespace shardbridge::bench
