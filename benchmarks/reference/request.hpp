#pragma once

#include <shardbridge/options.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace shardbridge::bench {

/// Something to be done by io_uring on behalf of an Asio service. It stays the caller's, who keeps it until `ended` is
/// called, once, on the service's executor.
struct reference_request {
  enum class kind { nop, read, write };

  kind what = kind::nop;
  int file = -1;
  void* memory = nullptr;
  unsigned bytes = 0;
  std::uint64_t offset = 0;
  op_times* times = nullptr; ///< As op_options::times.
  void (*ended)(reference_request&) = nullptr;

  int result = 0; ///< As in the CQE.
  reference_request* next = nullptr;
  /// Two threads that share a ring are ordered by the kernel, of which the language knows nothing: stored before the
  /// request is submitted, loaded behind its CQE.
  std::atomic<bool> submitted{false};
};

/// Requests in order. Owns nothing.
class request_list {
 public:
  request_list() noexcept = default;
  explicit request_list(reference_request& only) noexcept { push_back(only); }

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

  void push_back(reference_request& one) noexcept {
    one.next = nullptr;
    (first_ == nullptr ? first_ : last_->next) = &one;
    last_ = &one;
  }
  void push_front(reference_request& one) noexcept {
    one.next = first_;
    if (first_ == nullptr) last_ = &one;
    first_ = &one;
  }
  void append(request_list more) noexcept {
    if (more.empty()) return;
    (first_ == nullptr ? first_ : last_->next) = more.first_;
    last_ = more.last_;
  }
  /// Of a list that is not empty. What is taken may be gone, or in another list, by the next call.
  reference_request& pop_front() noexcept {
    reference_request& one = *first_;
    first_ = one.next;
    return one;
  }
  request_list take() noexcept { return std::exchange(*this, {}); }

 private:
  reference_request* first_ = nullptr;
  reference_request* last_ = nullptr; ///< Of a list that is not empty.
};

} // namespace shardbridge::bench
