#pragma once

#include <shardbridge/options.hpp>

#include <chrono>
#include <optional>

namespace shardbridge {

/// Options of one operation of code on a shard, which has no default deadline. It is cancelled with its task.
struct io_options {
  /// From the start of the operation to its end, over the shard's queue and the kernel. Nothing: for ever. Zero or less
  /// has expired already.
  std::optional<std::chrono::nanoseconds> timeout{};
  /// The same as an absolute time; the earlier of both counts.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  /// Whether it goes before others where operations wait for the kernel.
  shardbridge::priority priority = shardbridge::priority::normal;
};

} // namespace shardbridge
