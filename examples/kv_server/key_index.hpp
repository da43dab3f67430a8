#pragma once

#include "key_hash.hpp"
#include "segment.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kv_server {

/// Where a record is.
struct place {
  segment* in = nullptr;
  std::uint64_t at = 0;
  std::uint32_t bytes = 0;

  friend bool operator==(const place&, const place&) = default;
};

/// Where the last record of each key is. It counts what is live in each segment.
///
/// Threads: its shard's.
class key_index {
 public:
  /// nullptr: there is no such key.
  [[nodiscard]] const place* find(std::string_view key) const noexcept {
    const auto found = all_.find(key);
    return found == all_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

  /// Throws std::bad_alloc.
  void set(std::string_view key, const place& to) {
    auto found = all_.find(key);
    if (found == all_.end())
      found = all_.emplace(std::string(key), place{}).first;
    else
      uncount(found->second);
    found->second = to;
    to.in->live_bytes += to.bytes;
    ++to.in->live_records;
  }
  /// Whether there was one.
  bool erase(std::string_view key) noexcept {
    const auto found = all_.find(key);
    if (found == all_.end()) return false;
    uncount(found->second);
    all_.erase(found);
    return true;
  }

 private:
  static void uncount(const place& old) noexcept {
    old.in->live_bytes -= old.bytes;
    --old.in->live_records;
  }

  std::unordered_map<std::string, place, key_hasher, std::equal_to<>> all_;
};

} // namespace kv_server
