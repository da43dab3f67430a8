#pragma once

#include <cstddef>

namespace shardbridge {

/// What code that runs on a shard is given. It belongs to the shard's thread and must not be kept.
class shard {
 public:
  explicit shard(std::size_t index) noexcept : index_(index) {}
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  /// Its number in the group, from 0.
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

 private:
  std::size_t index_;
};

} // namespace shardbridge
