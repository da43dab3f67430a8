// What may wait for others, tried without waiting.
//
// Threads: the shard's.
#pragma once

#include <shard_side/pool_job.hpp>

#include <cstdint>

namespace shardbridge::detail {

/// Whether it waits for its descriptor: it is on a socket, or on a file that others may leave empty for ever.
[[nodiscard]] bool waits_for_descriptor(const submission& what) noexcept;

/// For what of its descriptor: EPOLL*.
[[nodiscard]] std::uint32_t awaited_events(const submission& what) noexcept;

/// It has to wait, and no descriptor tells for how long: a UNIX socket's connect to who has no room for more.
inline constexpr std::int32_t try_later = INT32_MIN;

/// Tries it: -EAGAIN: it has to wait; `try_later`; else as a CQE would say. Not of what is answered often. Where a
/// descriptor is blocking and has no other way, it is polled before; another who takes what was there in between makes
/// it wait.
[[nodiscard]] std::int32_t attempt(pool_job& job) noexcept;

/// A read of what the page cache may have. -EAGAIN: it does not, or the file cannot tell.
[[nodiscard]] std::int32_t attempt_cached(const submission& what) noexcept;

/// What it did to the descriptor to be able to try is undone.
void end_attempts(pool_job& job) noexcept;

/// Of a cancelled job: what it came to.
[[nodiscard]] std::int32_t result_if_cancelled(const pool_job& job) noexcept;

/// As far as the job needs it, the descriptor does not block from here on until end_attempts().
void make_non_blocking(pool_job& job) noexcept;

} // namespace shardbridge::detail
