// What the handlers of one batch of replies initiate, gathered so that it is pushed and published together: publishing
// one by one would have the producer and the shard fight for the wake word's cache line at every operation.
//
// Threads: the one that delivers the batch; whether an initiating function is called by a handler of that batch is told
// by a thread-local pointer.
//
// Invariants
//  1. Nothing stays in it when the last handler of the batch has returned, whether or not it threw.
//  2. It is open only while handlers are brisk, so that what one of them initiates does not wait for long.
#pragma once

#include <asio_side/bridge_parts.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace shardbridge::detail {

class bridge_core::outbox {
 public:
  /// That of the batch of `core`'s which this thread is delivering, though it may be delivering another bridge's inside
  /// one of the handlers: what it initiates stays in order. Nothing: there is none, or it is closed.
  [[nodiscard]] static outbox* of(const bridge_core& core) noexcept {
    outbox* const found = innermost_of(core);
    return found != nullptr && found->open_ ? found : nullptr;
  }

  /// Whether this thread is delivering a batch of `core`'s.
  [[nodiscard]] static bool is_here(const bridge_core& core) noexcept { return innermost_of(core) != nullptr; }

  /// Open while it lives, if handlers are brisk.
  explicit outbox(bridge_core& core) noexcept
      : core_(core), outer_(std::exchange(innermost_, this)),
        open_(core.parts_->pace.load(std::memory_order_relaxed) < brisk_ns) {}
  ~outbox() {
    innermost_ = outer_;
    operation_list unsent;
    empty(unsent);
    operation_list admitted;
    core_.return_unsent(unsent, admitted);
    core_.send_all(admitted);
  }
  outbox(const outbox&) = delete;
  outbox& operator=(const outbox&) = delete;

  /// What cannot be pushed is appended to `unsent`.
  void put(std::size_t shard, lane_item item, operation_list& unsent) noexcept {
    if (shard_ != shard || count_ == items_.size()) empty(unsent);
    shard_ = shard;
    items_[count_++] = item;
  }

 private:
  static outbox* innermost_of(const bridge_core& core) noexcept {
    outbox* each = innermost_;
    while (each != nullptr && &each->core_ != &core)
      each = each->outer_;
    return each;
  }
  void empty(operation_list& unsent) noexcept {
    if (count_ > 0) core_.push(shard_, std::span(items_).first(std::exchange(count_, 0)), unsent);
  }

  static constexpr std::int64_t brisk_ns = 2'000;
  static inline constinit thread_local outbox* innermost_ = nullptr;

  bridge_core& core_;
  outbox* const outer_;
  const bool open_;
  std::size_t shard_ = 0;
  std::size_t count_ = 0;
  std::array<lane_item, 16> items_;
};

} // namespace shardbridge::detail
