#pragma once

#include <cstddef>

namespace shardbridge::detail {

/// A queue of nodes that have `previous` and `next`, from whose middle one can be taken. Owns nothing, allocates
/// nothing.
template <class Node>
class intrusive_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Node* front() const noexcept { return first_; }
  [[nodiscard]] Node* back() const noexcept { return last_; }

  void push_back(Node& node) noexcept {
    node.previous = last_;
    node.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &node;
    last_ = &node;
    ++size_;
  }

  void push_front(Node& node) noexcept {
    node.previous = nullptr;
    node.next = first_;
    (first_ != nullptr ? first_->previous : last_) = &node;
    first_ = &node;
    ++size_;
  }

  void erase(Node& node) noexcept {
    (node.previous != nullptr ? node.previous->next : first_) = node.next;
    (node.next != nullptr ? node.next->previous : last_) = node.previous;
    node.previous = node.next = nullptr;
    --size_;
  }

  Node* pop_front() noexcept {
    Node* const node = first_;
    if (node != nullptr) erase(*node);
    return node;
  }

 private:
  Node* first_ = nullptr;
  Node* last_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace shardbridge::detail
