#pragma once

#include "key_index.hpp"
#include "record.hpp"

#include <shardbridge/oneshot.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

/// Records that become durable together, and who waits for that.
///
/// Threads: its shard's.
struct commit_batch {
  struct entry {
    std::size_t at = 0; ///< in `bytes`
    std::uint32_t size = 0;
    std::uint32_t key_size = 0;
    bool erases = false;
    bool existed = false; ///< the key did, before; known when it is over
  };

  std::uint64_t number = 0;
  std::string bytes{};
  std::vector<entry> entries{};
  bool over = false;
  std::string failure{}; ///< when it is over: an error for clients; empty: it is durable
  std::vector<shardbridge::oneshot_sender<>> waiting{};

  /// Gives the entry's number.
  std::size_t add(std::string_view key, std::optional<std::string_view> value) {
    entries.push_back(
        {.at = bytes.size(),
         .size = static_cast<std::uint32_t>(record_header_bytes + key.size() + (value ? value->size() : 0)),
         .key_size = static_cast<std::uint32_t>(key.size()),
         .erases = !value});
    append_record(bytes, key, value);
    return entries.size() - 1;
  }
  void seal(std::uint64_t sequence) noexcept {
    for (const entry& each : entries)
      seal_record(bytes.data() + each.at, each.size, sequence++);
  }
  /// It is durable in this segment, from there on.
  void apply(key_index& to, segment& in, std::uint64_t from) {
    for (entry& each : entries) {
      const std::string_view key = std::string_view(bytes).substr(each.at + record_header_bytes, each.key_size);
      if (each.erases)
        each.existed = to.erase(key);
      else
        to.set(key, {.in = &in, .at = from + each.at, .bytes = each.size});
    }
  }
  void end(std::string why = {}) {
    over = true;
    failure = std::move(why);
    for (auto& each : waiting)
      each.set_value();
    waiting.clear();
  }
};

} // namespace kv_server
