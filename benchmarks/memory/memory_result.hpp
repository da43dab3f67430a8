#pragma once

#include "companion_protocol.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// A group of so many shards, beside the process without it.
struct shards_row {
  unsigned ring_entries = 0;
  unsigned shards = 0;
  memory_use made;        ///< When each shard has done one operation.
  memory_use used;        ///< When each has had as many outstanding as its ring has entries.
  memory_use each_more{}; ///< `used`, for each shard more than in the row before of the same ring_entries.
};

/// A bridge, or the tasks of a shard, filled with so many of one kind.
struct things_row {
  std::string what;
  std::uint64_t count = 0;
  memory_use made; ///< Beside the process without the bridge. Of tasks nothing.
  memory_use full; ///< With all outstanding.
  memory_use done; ///< When all have completed.
  memory_use gone; ///< When the bridge is destroyed. Of tasks the same as `done`.

  /// Bytes.
  [[nodiscard]] double of_one() const noexcept {
    return static_cast<double>(full.own - made.own) / static_cast<double>(count);
  }
};

/// The process, after so many operations since it was warm.
struct stretch_row {
  std::uint64_t operations = 0;
  memory_use use;
};

/// Everything a run says.
struct memory_set {
  nlohmann::ordered_json environment;
  std::vector<shards_row> shards;
  std::vector<things_row> things;
  std::vector<stretch_row> stretches;
};

// The rows of what the companion told, nothing where it was interrupted before its last state.

void add_shards(memory_set& to, const memory_request& asked, const std::vector<memory_state>& seen);
void add_things(memory_set& to, const memory_request& asked, const std::vector<memory_state>& seen);
void add_stretches(memory_set& to, const memory_request& asked, const std::vector<memory_state>& seen);

/// What `--json` writes.
void to_json(nlohmann::ordered_json& to, const memory_set& from);

} // namespace shardbridge::bench
