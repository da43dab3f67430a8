// A lane: a queue of operations in one direction between one bridge and one shard, on moodycamel::ConcurrentQueue.
//
// Requests are pushed by whatever thread initiates, so they use moodycamel's implicit producers: one sub-queue a
// thread, first in first out, given to another thread when its own ends. Those that handlers initiate are pushed in
// batches. Replies are pushed in batches by one thread. Nothing is ever inferred from a lane that looks empty or full:
// the wake word decides about sleep, permits about room.
#pragma once

#include <bridge/place.hpp>
#include <shardbridge/detail/operation.hpp>

// <linux/fs.h>, which <liburing.h> brings along, has a macro of the same name as a constant of moodycamel's.
#pragma push_macro("BLOCK_SIZE")
#undef BLOCK_SIZE
#include <concurrentqueue/concurrentqueue.h>
#pragma pop_macro("BLOCK_SIZE")

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

namespace shardbridge::detail {

/// An operation to be done, or word about one that was pushed before or is about to be.
class lane_item {
 public:
  enum class meaning : std::uintptr_t { request = 0, cancel = 1, unparked = 2 };

  lane_item() noexcept = default;
  lane_item(operation& op, meaning what) noexcept
      : tagged_(reinterpret_cast<std::uintptr_t>(&op) | static_cast<std::uintptr_t>(what)) {}

  [[nodiscard]] operation& op() const noexcept { return *reinterpret_cast<operation*>(tagged_ & ~mask); }
  [[nodiscard]] meaning what() const noexcept { return static_cast<meaning>(tagged_ & mask); }

 private:
  static constexpr std::uintptr_t mask = 3;
  static_assert(alignof(operation) > mask);
  std::uintptr_t tagged_ = 0;
};

class request_lane {
 public:
  /// Any thread. All of them or none; throws std::bad_alloc.
  void push(std::span<const lane_item> items) {
    if (!queue_.enqueue_bulk(items.data(), items.size())) throw std::bad_alloc();
  }
  void push(lane_item item) { push(std::span(&item, 1)); }

  /// A producer that is no thread.
  using ordered = moodycamel::ProducerToken;
  /// Throws std::bad_alloc. The lane must outlive it.
  [[nodiscard]] ordered producer() {
    ordered made(queue_);
    if (!made.valid()) throw std::bad_alloc();
    return made;
  }
  /// One thread at a time for each producer. Throws std::bad_alloc.
  void push(ordered& by, lane_item item) {
    if (!queue_.enqueue_bulk(by, &item, 1)) throw std::bad_alloc();
  }
  /// Any thread. Returns how many were taken, in the order in which each thread pushed them.
  std::size_t pop(std::span<lane_item> into) { return queue_.try_dequeue_bulk(into.data(), into.size()); }

 private:
  moodycamel::ConcurrentQueue<place<lane_item>> queue_;
};

class reply_lane {
 public:
  explicit reply_lane(std::size_t capacity) : queue_(capacity), token_(queue_) {}
  /// The shard's thread. False: no memory, nothing was pushed.
  [[nodiscard]] bool push(std::span<operation*> batch) {
    return queue_.enqueue_bulk(token_, batch.data(), batch.size());
  }
  /// Any thread.
  std::size_t pop(std::span<operation*> into) { return queue_.try_dequeue_bulk(into.data(), into.size()); }

 private:
  moodycamel::ConcurrentQueue<place<operation*>> queue_;
  moodycamel::ProducerToken token_;
};

} // namespace shardbridge::detail
