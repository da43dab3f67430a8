// A mailbox: any thread puts operations in, and whoever has the duty takes them out, those first that were put first.
//
// Threads: put() any; take() and rest() who has the duty; shut() once nobody will take any more but the caller.
//
//            put: duty                 put: queued
//   idle ──────────────► somebody ◄──────────────────► operations, linked from the newest
//     ▲      rest           │ ▲             take            │
//     └─────────────────────┘ └─────────────────────────────┘
//
// Invariants
//  1. One at a time has the duty, from the put() that answers `duty` to the rest() that answers true. While anything is
//     in the mailbox somebody has it.
//  2. Whatever was put before, by whatever thread, is taken before: a put is one read-modify-write of one word.
#pragma once

#include <bridge/operation_list.hpp>

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

class mailbox {
 public:
  enum class put_result : std::uint8_t {
    queued,
    duty, ///< queued, and the caller has the duty now
    shut  ///< it is the caller's still
  };

  [[nodiscard]] put_result put(operation& op) noexcept {
    void* old = newest_.load(std::memory_order_relaxed);
    do {
      if (old == &shut_mark) return put_result::shut;
      op.next = operation_at(old);
      // release: pairs with fetch(), which sees what the operation is. acquire: pairs with rest(): who takes the duty
      // sees what its last holder left.
    } while (!newest_.compare_exchange_weak(old, &op, std::memory_order_acq_rel, std::memory_order_relaxed));
    return old == &idle_mark ? put_result::duty : put_result::queued;
  }

  /// The oldest; nullptr: there is none now.
  [[nodiscard]] operation* take() noexcept {
    // relaxed: only whether there is anything; the load spares the write where there is not.
    if (taken_.empty() && operation_at(newest_.load(std::memory_order_relaxed)) != nullptr) fetch(nullptr);
    return taken_.pop_front();
  }
  /// True: the caller has the duty no longer. False: there is something to take. release: pairs with put().
  [[nodiscard]] bool rest() noexcept {
    if (!taken_.empty()) return false;
    void* old = nullptr;
    return newest_.compare_exchange_strong(old, &idle_mark, std::memory_order_release, std::memory_order_relaxed) ||
           old == &shut_mark;
  }

  /// Nothing is put any more. What was is taken in no particular order.
  void shut() noexcept { fetch(&shut_mark); }

 private:
  // Their addresses stand for states.
  static inline char idle_mark = 0; ///< empty, and nobody has the duty
  static inline char shut_mark = 0;

  static operation* operation_at(void* word) noexcept {
    return word == &idle_mark || word == &shut_mark ? nullptr : static_cast<operation*>(word);
  }

  /// acquire: pairs with every put() since the last, of which each continued the release of the one before. release:
  /// who finds it shut comes after whoever shut it.
  void fetch(void* mark) noexcept {
    operation* op = operation_at(newest_.exchange(mark, std::memory_order_acq_rel));
    while (op != nullptr) {
      operation* const before = op->next;
      taken_.push_front(*op);
      op = before;
    }
  }

  std::atomic<void*> newest_{&idle_mark}; ///< or a mark; null: it is empty, and somebody has the duty
  operation_list taken_;                  ///< who has the duty's
};

} // namespace shardbridge::detail
