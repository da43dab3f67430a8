#pragma once

#include <shardbridge/detail/operation.hpp>

#include <cstddef>

namespace shardbridge::detail {

/// An intrusive queue of operations from whose middle one can be taken. Owns nothing.
class operation_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] operation* front() const noexcept { return first_; }

  void push_back(operation& op) noexcept {
    op.previous = last_;
    op.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &op;
    last_ = &op;
    ++size_;
  }

  void push_front(operation& op) noexcept {
    op.previous = nullptr;
    op.next = first_;
    (first_ != nullptr ? first_->previous : last_) = &op;
    first_ = &op;
    ++size_;
  }

  void erase(operation& op) noexcept {
    (op.previous != nullptr ? op.previous->next : first_) = op.next;
    (op.next != nullptr ? op.next->previous : last_) = op.previous;
    op.previous = op.next = nullptr;
    --size_;
  }

  operation* pop_front() noexcept {
    operation* const op = first_;
    if (op != nullptr) erase(*op);
    return op;
  }

 private:
  operation* first_ = nullptr;
  operation* last_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace shardbridge::detail
