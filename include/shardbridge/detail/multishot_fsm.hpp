// When a request that the kernel answers again and again is in the kernel: while somebody wants answers, and until more
// have come than anybody takes. No I/O; told every event, it answers what to do.
//
// Invariants
//  1. From `arm` to ended() the kernel has it, otherwise not.
//  2. It is armed only for somebody who waits, and stays armed as long as there is room.
//  3. When it is over, nothing is armed any more.
#pragma once

#include <cstdint>

namespace shardbridge::detail {

class multishot_fsm {
 public:
  enum class action : std::uint8_t { nothing, arm, disarm, await_buffer };
  /// Why the kernel has it no more.
  enum class end : std::uint8_t {
    paused,  ///< for nothing that speaks against another one
    starved, ///< there was no memory to receive into
    over     ///< there is nothing to wait for any more
  };

  /// Somebody waits.
  action wanted() noexcept {
    if (state_ != state::idle) return action::nothing;
    state_ = state::armed;
    return action::arm;
  }
  /// There is no room for more answers.
  action filled() noexcept {
    if (state_ != state::armed) return action::nothing;
    state_ = state::pausing;
    return action::disarm;
  }
  /// The last answer has come. `waited`: somebody waits.
  action ended(end why, bool waited) noexcept {
    if (state_ == state::closing || why == end::over) {
      state_ = state::over;
      return action::nothing;
    }
    if (!waited) {
      state_ = state::idle;
      return action::nothing;
    }
    state_ = why == end::starved ? state::starved : state::armed;
    return why == end::starved ? action::await_buffer : action::arm;
  }
  /// The memory that was awaited has come. `waited`: somebody waits.
  action fed(bool waited) noexcept {
    state_ = waited ? state::armed : state::idle;
    return waited ? action::arm : action::nothing;
  }
  /// Nobody wants answers any more.
  action close() noexcept {
    const bool owed = armed();
    state_ = owed ? state::closing : state::over;
    return owed ? action::disarm : action::nothing;
  }

  /// The kernel has it.
  [[nodiscard]] bool armed() const noexcept {
    return state_ == state::armed || state_ == state::pausing || state_ == state::closing;
  }
  /// It is neither armed nor going to be.
  [[nodiscard]] bool idle() const noexcept { return state_ == state::idle; }
  [[nodiscard]] bool starved() const noexcept { return state_ == state::starved; }
  [[nodiscard]] bool closed() const noexcept { return state_ == state::closing || state_ == state::over; }

 private:
  enum class state : std::uint8_t { idle, armed, pausing, closing, starved, over };

  state state_ = state::idle;
};

} // namespace shardbridge::detail
