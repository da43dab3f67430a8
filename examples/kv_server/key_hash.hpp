#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <xxhash.h>

namespace kv_server {

/// Files are laid out by it: it never changes.
[[nodiscard]] inline std::uint64_t hash_of(std::string_view key) noexcept {
  return XXH3_64bits(key.data(), key.size());
}

/// The shard that a key with this hash belongs to.
[[nodiscard]] inline std::size_t shard_of(std::uint64_t hash, std::size_t shards) noexcept {
  return static_cast<std::size_t>(((hash >> 32) * shards) >> 32);
}

/// For maps whose keys are looked up by views.
struct key_hasher {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view key) const noexcept { return hash_of(key); }
};

} // namespace kv_server
