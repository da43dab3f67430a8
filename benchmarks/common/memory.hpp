#pragma once

#include "failure.hpp"

#include <sys/mman.h>

#include <cstddef>
#include <span>

namespace shardbridge::bench {

/// One page-aligned stretch of memory cut into equal buffers, each aligned to 4096 bytes: enough for any direct I/O.
class buffer_set {
 public:
  buffer_set(std::size_t count, std::size_t size) : size_(size), stride_((size + 4095) / 4096 * 4096) {
    bytes_ = count * stride_;
    // MAP_POPULATE: page faults belong to the set-up, not to the first round.
    void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) throw run_failure("no memory for the buffers: " + errno_text());
    memory_ = static_cast<std::byte*>(memory);
  }
  buffer_set(const buffer_set&) = delete;
  buffer_set& operator=(const buffer_set&) = delete;
  ~buffer_set() { ::munmap(memory_, bytes_); }

  std::span<std::byte> operator[](std::size_t index) const noexcept { return {memory_ + index * stride_, size_}; }

 private:
  std::size_t size_;
  std::size_t stride_;
  std::size_t bytes_;
  std::byte* memory_;
};

} // namespace shardbridge::bench
