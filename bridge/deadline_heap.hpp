// The deadlines of one owner's operations: a 4-ary heap with the position kept in the operation, so that one that ends
// before its deadline, as nearly all do, leaves at O(log n) without a search.
#pragma once

#include <shardbridge/detail/operation.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace shardbridge::detail {

class deadline_heap {
 public:
  static constexpr std::uint32_t absent = UINT32_MAX;

  /// Room for `count` operations without allocating.
  void reserve(std::size_t count) { heap_.reserve(count); }
  [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
  /// `never` if empty.
  [[nodiscard]] std::int64_t earliest() const noexcept { return heap_.empty() ? never : heap_.front().deadline; }

  /// `op` must not be in a heap. Throws std::bad_alloc.
  void insert(operation& op) {
    heap_.push_back({op.deadline, &op});
    sift_up(heap_.size() - 1);
  }

  /// False: no memory, nothing has happened.
  [[nodiscard]] bool try_insert(operation& op) noexcept {
    try {
      insert(op);
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  /// Nothing happens if `op` is not in it.
  void erase(operation& op) noexcept {
    const std::size_t at = op.heap_index;
    if (op.heap_index == absent) return;
    op.heap_index = absent;
    const entry last = heap_.back();
    heap_.pop_back();
    if (at == heap_.size()) return;
    put(at, last);
    sift_up(at);
    sift_down(last.op->heap_index);
  }

  /// The earliest operation, taken out, if it is due at `now`; else nullptr.
  operation* pop_due(std::int64_t now) noexcept {
    if (heap_.empty() || heap_.front().deadline > now) return nullptr;
    operation* const op = heap_.front().op;
    erase(*op);
    return op;
  }

 private:
  static constexpr std::size_t arity = 4;

  struct entry {
    std::int64_t deadline; // beside the pointer, so that comparing does not touch the operation
    operation* op;
  };

  void put(std::size_t at, entry item) noexcept {
    heap_[at] = item;
    item.op->heap_index = static_cast<std::uint32_t>(at);
  }

  void sift_up(std::size_t at) noexcept {
    const entry item = heap_[at];
    for (std::size_t parent; at > 0 && heap_[parent = (at - 1) / arity].deadline > item.deadline; at = parent)
      put(at, heap_[parent]);
    put(at, item);
  }

  void sift_down(std::size_t at) noexcept {
    const entry item = heap_[at];
    for (;;) {
      const std::size_t first = at * arity + 1;
      if (first >= heap_.size()) break;
      const std::size_t end = first + arity < heap_.size() ? first + arity : heap_.size();
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child)
        if (heap_[child].deadline < heap_[least].deadline) least = child;
      if (heap_[least].deadline >= item.deadline) break;
      put(at, heap_[least]);
      at = least;
    }
    put(at, item);
  }

  std::vector<entry> heap_;
};

} // namespace shardbridge::detail
