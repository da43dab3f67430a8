// Cache lines of operations that come from another core, asked for before they are needed: those of a batch then come
// together, while the first are worked on, rather than one after the other.
//
// Each is going to be written, here as there, and is asked for to be written: one that is read first has to be asked
// for again, which costs as much as the first time.
#pragma once

#include <shardbridge/detail/operation.hpp>

#include <cstddef>

namespace shardbridge::detail {

/// A hint, which does nothing where the processor has none.
inline void prefetch_to_write(const void* line) noexcept {
#if defined(__x86_64__)
  // Without an option that leaves older processors behind, for which it is a no-op, compilers do not use it.
  asm volatile("prefetchw (%0)" : : "r"(line));
#else
  __builtin_prefetch(line, 1);
#endif
}

/// Of what every operation needs.
inline void prefetch(const operation& op) noexcept {
  constexpr std::size_t line = 64;
  constexpr std::size_t lines = (sizeof(operation) + line - 1) / line;
  for (std::size_t each = 0; each < lines; ++each)
    prefetch_to_write(reinterpret_cast<const std::byte*>(&op) + each * line);
}

} // namespace shardbridge::detail
