#pragma once

#include <atomic>
#include <cstddef>

namespace shardbridge::detail {

/// A small number of the calling thread's own, to spread threads over what they would otherwise fight for. relaxed: a
/// number, which guards nothing.
inline std::size_t thread_number() noexcept {
  static constinit std::atomic<std::size_t> last{0};
  static constinit thread_local std::size_t mine = 0;
  if (mine == 0) mine = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return mine;
}

} // namespace shardbridge::detail
