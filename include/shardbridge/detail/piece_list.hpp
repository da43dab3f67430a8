#pragma once

#include <shardbridge/detail/arrival.hpp>

#include <cassert>
#include <cstddef>

namespace shardbridge::detail {

/// What was received and not taken yet, in the order in which it came. It owns nothing.
class piece_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// It must not be empty.
  [[nodiscard]] received_piece& front() const noexcept { return *first_; }

  void push_back(received_piece& each) noexcept {
    each.next = nullptr;
    (empty() ? first_ : last_->next) = &each;
    last_ = &each;
    ++size_;
  }
  /// It must not be empty.
  received_piece& pop_front() noexcept {
    assert(!empty());
    received_piece& each = *first_;
    first_ = each.next;
    --size_;
    return each;
  }

 private:
  received_piece* first_ = nullptr;
  received_piece* last_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace shardbridge::detail
