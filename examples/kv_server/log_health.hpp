#pragma once

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

namespace kv_server {

/// What is done to a log, as far as failures differ.
enum class log_step : std::uint8_t {
  cut,   ///< to what is durable, after a write that found no room
  make,  ///< a file that nothing is in yet
  name,  ///< it durably
  write, ///< records
  sync,  ///< them
};

/// What failures leave of a log.
///
/// A write that found no room has changed nothing that counts: the log is cut to what was durable before, and used
/// again. Any other failure of a write, and each of a sync, leaves unknown what is on the disk: nothing is written any
/// more. Asking for another sync would prove nothing, since the kernel drops what it could not write and reports that
/// once.
class log_health {
 public:
  enum class state : std::uint8_t {
    writable,
    must_cut, ///< before the next write
    read_only,
  };

  [[nodiscard]] state now() const noexcept { return state_; }
  /// A sentence about what failed last; empty: writes succeed.
  [[nodiscard]] const std::string& cause() const noexcept { return cause_; }

  void failed(log_step what, int error, std::string cause) {
    if (state_ == state::read_only) return;
    cause_ = std::move(cause);
    switch (what) {
    case log_step::cut:
    case log_step::make:
      break; // to be tried again
    case log_step::write:
      state_ = error == ENOSPC || error == EDQUOT ? state::must_cut : state::read_only;
      break;
    case log_step::name:
    case log_step::sync:
      state_ = state::read_only;
      break;
    }
  }
  void cut() noexcept {
    if (state_ == state::must_cut) state_ = state::writable;
  }
  /// A write and its sync have succeeded.
  void succeeded() noexcept { cause_.clear(); }

 private:
  state state_ = state::writable;
  std::string cause_;
};

} // namespace kv_server
