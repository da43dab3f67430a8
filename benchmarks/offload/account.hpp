#pragma once

#include "../common/per_thread.hpp"

#include <shardbridge/latency_histogram.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What became of the operations of a round.
struct account {
  std::uint64_t operations = 0; ///< Completed in full.
  std::uint64_t bytes = 0;
  std::uint64_t errors = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t wrong_blocks = 0;
  latency_histogram latency; ///< Of the completed ones.
  std::vector<std::string> messages;

  /// Keeps the first few sentences about errors and wrong blocks: the next thousand say the same.
  void note(std::string sentence);
  void merge(const account& other);
  /// Takes over only what went wrong.
  void merge_faults(const account& other);
};

using account_set = per_thread<account>;

} // namespace shardbridge::bench
