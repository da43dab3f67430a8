// Where the memory of coroutines on shards comes from: each thread keeps what was freed on it and gives it out again,
// so that tasks that come and go do not ask malloc.
//
// Threads: any. Memory may be freed on another thread than it was allocated on, and is then kept by that one.
#pragma once

#include <cstddef>

namespace shardbridge::detail {

/// Throws std::bad_alloc. Aligned as by malloc.
[[nodiscard]] void* allocate_frame(std::size_t bytes);
/// `bytes`: as it was allocated.
void free_frame(void* frame, std::size_t bytes) noexcept;
/// Bytes that this thread keeps.
[[nodiscard]] std::size_t kept_frame_bytes() noexcept;

/// The base of promise types, and of what belongs to a coroutine.
struct frame_memory {
  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }
};

} // namespace shardbridge::detail
