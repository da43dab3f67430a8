#pragma once

#include <shardbridge/options.hpp>

#include <array>
#include <chrono>
#include <optional>

namespace shardbridge::bench {

/// The way of an operation, leg by leg:
///   request_wait  from initiation until the other side takes it
///   ring          from there until the shard has its result
///   reply_wait    from there until it is delivered to the handler's executor, or else to the handler
///   handler       from there until the handler runs
inline constexpr std::array leg_names{"request_wait", "ring", "reply_wait", "handler"};

/// A leg that the operation did not go is empty.
using leg_times = std::array<std::optional<std::chrono::nanoseconds>, leg_names.size()>;

/// `handled`: when the handler began.
leg_times legs_of(const op_times& passed, std::chrono::steady_clock::time_point handled);

} // namespace shardbridge::bench
