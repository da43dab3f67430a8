#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What a shard can have to do; the index of each in everything that has one of each kind.
enum class load_kind : std::size_t { bridge, disk, sockets, tasks };
inline constexpr std::array load_names{"bridge", "disk", "sockets", "tasks"};
inline constexpr std::size_t load_kinds = load_names.size();

using load_subset = std::bitset<load_kinds>;

constexpr std::size_t index_of(load_kind kind) noexcept {
  return static_cast<std::size_t>(kind);
}

/// "bridge+tasks"; "all" for all together.
std::string name_of(const load_subset& subset);

/// Every subset but none: each kind alone first, all together last.
std::vector<load_subset> all_subsets();

/// What Asio clients ask for through the bridge.
enum class bridge_load {
  nop, ///< nothing, by the whole way
  read ///< a block of a file that is in the page cache
};

struct fairness_setting {
  std::string path; ///< Of a file of verified blocks.
  std::size_t blocks = 0;
  bool direct = true; ///< The shard's own reads.
  bridge_load asked = bridge_load::nop;
  unsigned clients = 32;                 ///< Of the bridge, each with one operation outstanding.
  unsigned readers = 8;                  ///< Tasks that read blocks, each its next when it has the last.
  unsigned connections = 8;              ///< Pairs of sockets, each with one message under way.
  unsigned busy = 4;                     ///< Tasks that compute and yield, for ever.
  std::chrono::nanoseconds step{};       ///< How long each computes before it yields.
  std::chrono::nanoseconds turn_slice{}; ///< Of the shard.
  std::chrono::nanoseconds window{};     ///< The interval in which the least rate is looked for.
};

inline constexpr std::size_t fairness_block = 4096;

} // namespace shardbridge::bench
