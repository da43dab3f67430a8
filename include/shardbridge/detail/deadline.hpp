#pragma once

#include <shardbridge/detail/operation.hpp>
#include <shardbridge/options.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace shardbridge::detail {

/// `length` from `start` on; never, if that is for ever. A negative length counts as none.
inline std::int64_t later(std::int64_t start, std::chrono::nanoseconds length) noexcept {
  const std::int64_t by = std::max<std::int64_t>(length.count(), 0);
  return by < never - start ? start + by : never;
}

/// The one absolute time of an operation: the earlier of its deadline and of its timeout, which is `fallback` if it
/// names none. Saturates. `now` tells the time, and is asked only if there is a timeout.
template <class Now = decltype(&std::chrono::steady_clock::now)>
std::int64_t deadline_of(const op_options& options, std::chrono::nanoseconds fallback,
                         Now now = &std::chrono::steady_clock::now) noexcept {
  using std::chrono::nanoseconds;
  std::int64_t at = never;
  const nanoseconds timeout = options.timeout.value_or(options.deadline ? no_timeout : fallback);
  if (timeout != no_timeout) at = later(now().time_since_epoch().count(), timeout);
  if (options.deadline) at = std::min<std::int64_t>(at, nanoseconds(options.deadline->time_since_epoch()).count());
  return std::max(at, before_all + 1);
}

/// What `options` leave open is taken from `others`.
inline void fill_in(op_options& options, const op_options& others) {
  if (!options.timeout && !options.deadline) {
    options.timeout = others.timeout;
    options.deadline = others.deadline;
  }
  if (!options.stop_token.stop_possible()) options.stop_token = others.stop_token;
  if (!options.priority) options.priority = others.priority;
  const bool placed = options.shard || options.placement || options.sequence != nullptr;
  if (!placed) {
    options.shard = others.shard;
    options.placement = others.placement;
    options.sequence = others.sequence;
  }
  if (options.times == nullptr) options.times = others.times;
  if (options.permit == nullptr) options.permit = others.permit;
}

} // namespace shardbridge::detail
