#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace shardbridge {

namespace detail {
class bridge_core;
}

/// Room on a bridge, taken by basic_bridge::try_acquire() for an operation that is initiated later, with
/// `op_options::permit`. What is not used is given back by the destructor.
///
/// Holding one is no work: it does not keep the `run()` of an execution context from returning.
///
/// Thread-safety: distinct objects safe; it may be used and destroyed on any thread, and outlive the bridge.
class permit {
 public:
  /// None.
  permit() noexcept = default;
  /// Takes the room over; the other has none then.
  permit(permit&& other) noexcept : core_(std::move(other.core_)), bytes_(std::exchange(other.bytes_, 0)) {}
  /// Gives back the room that it had.
  permit& operator=(permit&& other) noexcept {
    permit given(std::move(other));
    std::swap(core_, given.core_);
    std::swap(bytes_, given.bytes_);
    return *this;
  }
  /// Gives the room back.
  ~permit();

  /// Whether it holds room: not one that was refused, moved from, or used by an operation.
  [[nodiscard]] explicit operator bool() const noexcept { return core_ != nullptr; }
  /// How many bytes an operation may have to be admitted with it.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  friend class detail::bridge_core;
  permit(std::shared_ptr<detail::bridge_core> core, std::size_t bytes) noexcept
      : core_(std::move(core)), bytes_(bytes) {}

  std::shared_ptr<detail::bridge_core> core_;
  std::size_t bytes_ = 0;
};

} // namespace shardbridge
