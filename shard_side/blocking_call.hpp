#pragma once

#include <shard_side/driver.hpp>

#include <cstdint>

namespace shardbridge::detail {

/// Does it on the calling thread, however long that takes. Returns what a CQE would say: -errno, or what was done.
/// EINTR is reported too: whoever submitted it knows how often to try again.
[[nodiscard]] std::int32_t blocking_call(const submission& what) noexcept;

} // namespace shardbridge::detail
