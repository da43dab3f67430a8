#pragma once

#include <string_view>

namespace shardbridge::bench {

/// What a thread does that has nothing to do: sleep at once, or look for a while before it sleeps.
enum class wake_state { sleeping, awake };

/// Where the two threads that wake one another run.
enum class wake_core { same, other };

constexpr std::string_view to_string(wake_state state) noexcept {
  return state == wake_state::sleeping ? "sleeping" : "awake";
}

constexpr std::string_view to_string(wake_core core) noexcept {
  return core == wake_core::same ? "same" : "other";
}

} // namespace shardbridge::bench
