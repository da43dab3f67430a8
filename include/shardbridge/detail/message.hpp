// What a shard is told by other threads: nodes of whoever tells it, so that telling allocates nothing.
//
// Threads: a message is in one list at a time, and whoever takes it out there has it.
#pragma once

#include <shardbridge/errc.hpp>

#include <utility>

namespace shardbridge::detail {

class shard_runtime;

/// Either arrives or bounces, once each time it is posted; it may be gone afterwards.
class message {
 public:
  message(const message&) = delete;
  message& operator=(const message&) = delete;

  /// On the shard, from its loop, in the order in which messages were posted.
  virtual void arrive(shard_runtime& on) noexcept = 0;
  /// The shard has ended and will never see it. On the thread of a shard of the same group.
  virtual void bounce(errc why) noexcept = 0;

  message* next_message = nullptr; ///< the list's

 protected:
  message() = default;
  ~message() = default;
};

/// First in, first out.
class message_list {
 public:
  message_list() = default;
  /// Linked by `next_message`, the newest first.
  explicit message_list(message* newest) noexcept : last_(newest) {
    while (newest != nullptr) {
      message* const older = std::exchange(newest->next_message, first_);
      first_ = std::exchange(newest, older);
    }
  }

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

  void append(message_list other) noexcept {
    if (other.empty()) return;
    (empty() ? first_ : last_->next_message) = other.first_;
    last_ = other.last_;
  }
  /// nullptr: it is empty.
  message* pop_front() noexcept { return first_ != nullptr ? std::exchange(first_, first_->next_message) : nullptr; }
  /// It is in the list. Takes as long as the list is.
  void erase(message& which) noexcept {
    message_list kept;
    while (message* const each = pop_front())
      if (each != &which) kept.push_back(*each);
    *this = kept;
  }

 private:
  void push_back(message& node) noexcept {
    node.next_message = nullptr;
    (empty() ? first_ : last_->next_message) = &node;
    last_ = &node;
  }

  message* first_ = nullptr;
  message* last_ = nullptr; ///< while it is not empty
};

} // namespace shardbridge::detail
