#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace shardbridge::bench {

/// The parts of a run, in their order:
///   warm_up   as many operations outstanding as a bridge admits, each followed by another: what the engine can do
///   base      an open loop just below that: what its latencies are without overload
///   overload  an open loop far above it
///   drain     nothing is offered any more
enum class phase : std::size_t { warm_up, base, overload, drain };

inline constexpr std::array<std::string_view, 4> phase_names{"warm_up", "base", "overload", "drain"};

constexpr std::string_view to_string(phase which) noexcept {
  return phase_names[static_cast<std::size_t>(which)];
}

} // namespace shardbridge::bench
