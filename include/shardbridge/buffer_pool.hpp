#pragma once

#include <shardbridge/owned_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace shardbridge {

namespace detail {

/// As buffer_pool::try_allocate().
[[nodiscard]] owned_buffer try_allocate(const std::shared_ptr<buffer_memory>& from, std::size_t bytes) noexcept;
/// All of its memory.
[[nodiscard]] std::span<std::byte> extent_of(const buffer_memory& pool) noexcept;
/// Bytes of the largest buffer that there is.
[[nodiscard]] std::size_t largest_buffer(const buffer_memory& from) noexcept;

} // namespace detail

/// Options of a `buffer_pool`. Nonsense throws `std::invalid_argument` naming the option.
struct buffer_pool_options {
  /// Bytes of all buffers together, rounded up to a multiple of `largest`. 1 to 2^40. They are address space until they
  /// are first written to.
  std::size_t bytes = std::size_t{64} << 20;
  /// Bytes of the largest single buffer: a power of two from `smallest` to 2^30.
  std::size_t largest = std::size_t{1} << 20;
  /// Bytes of the smallest buffer and alignment of all: a power of two from 512. The default is what O_DIRECT needs on
  /// nearly every device. Lowering it raises bookkeeping: 12 bytes for each `smallest` of `bytes`.
  std::size_t smallest = 4096;
};

/// A snapshot of one pool's counters since its start; all of them are of one moment.
struct buffer_pool_stats {
  std::uint64_t capacity = 0;       ///< bytes of all buffers together
  std::uint64_t bytes_in_use = 0;   ///< capacities of the buffers out now
  std::uint64_t buffers_in_use = 0; ///< buffers out now
  std::uint64_t refused = 0;        ///< allocations that found no room; not those above `largest`
};

/// A fixed amount of aligned memory, given out in buffers of a power of two of bytes, so that an operation can own its
/// buffer. Allocation makes no system call and costs a lock and a few steps, however full the pool is. There may be no
/// room for a buffer though enough bytes are free, where smaller buffers lie between them.
///
/// Thread-safety: distinct objects safe; a shared one safe for everything but destruction. The pool may be destroyed
/// before its buffers.
class buffer_pool {
 public:
  /// Maps the memory. Throws `std::invalid_argument` naming the option that makes no sense, `std::bad_alloc` where
  /// there is not so much memory.
  explicit buffer_pool(const buffer_pool_options& options = {});

  buffer_pool(const buffer_pool&) = delete;
  buffer_pool& operator=(const buffer_pool&) = delete;

  /// A buffer of size `bytes`; its capacity is the next power of two, at least `smallest`, also for 0 bytes. Never
  /// waits for room. Throws `std::bad_alloc` where there is none, `std::length_error` above `largest`.
  [[nodiscard]] owned_buffer allocate(std::size_t bytes);

  /// Like allocate(), but empty where that throws.
  [[nodiscard]] owned_buffer try_allocate(std::size_t bytes) noexcept;

  /// What is out now, and what was refused.
  [[nodiscard]] buffer_pool_stats stats() const noexcept;

  /// For files and groups: what lets them allocate as try_allocate() does, or keeps the memory, as long as they like.
  [[nodiscard]] const std::shared_ptr<detail::buffer_memory>& memory() const noexcept { return memory_; }

 private:
  std::shared_ptr<detail::buffer_memory> memory_;
};

} // namespace shardbridge
