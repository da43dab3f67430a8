#pragma once

#include "../common/memory.hpp"
#include "operation.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace shardbridge::bench {

/// The operations that exist, with their memory: what is given back is taken again, and only what is more than ever
/// before costs memory. So the memory of a service whose engine holds a bounded number of operations is bounded, and
/// that of one whose engine queues whatever comes grows with the queue.
///
/// Threads: any.
class operation_store {
 public:
  explicit operation_store(std::size_t block) : block_(block) {}

  /// Throws run_failure without memory.
  operation& take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) grow();
    operation* const taken = free_.back();
    free_.pop_back();
    return *taken;
  }

  void give_back(operation& unused) noexcept {
    const std::lock_guard lock(mutex_);
    unused.times = {};
    free_.push_back(&unused); // there is room: grow() reserved it
  }

  /// How many there have been at once, to within a chunk.
  std::size_t most() const {
    const std::lock_guard lock(mutex_);
    return chunks_.size() * chunk::operations;
  }

 private:
  struct chunk {
    // A mapping for each buffer would soon be more than the kernel allows.
    static constexpr std::size_t operations = 64;
    explicit chunk(std::size_t block) : buffers(operations, block) {
      for (std::size_t i = 0; i != operations; ++i)
        all[i].buffer = buffers[i];
    }
    buffer_set buffers;
    std::array<operation, operations> all;
  };

  void grow() {
    chunks_.push_back(std::make_unique<chunk>(block_));
    free_.reserve(chunks_.capacity() * chunk::operations);
    for (auto& each : chunks_.back()->all)
      free_.push_back(&each);
  }

  std::size_t block_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<chunk>> chunks_;
  std::vector<operation*> free_;
};

} // namespace shardbridge::bench
