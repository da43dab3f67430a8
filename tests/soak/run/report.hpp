// What a run has come to, and how it is told.
#pragma once

#include "../decisions/growth.hpp"
#include "../decisions/ledger.hpp"

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::soak {

struct report {
  double seconds = 0;
  double wanted_seconds = 0;
  std::uint64_t seed = 0;
  double faults_percent = 0;
  std::vector<std::pair<std::string, std::string>> versions; ///< of what, and which
  struct driver {
    std::string name;
    std::string reason; ///< shard_group::backend_reason()
    tallies counts{};
    std::uint64_t accepted = 0, completed = 0; ///< of the bridges that last
  };
  std::vector<driver> drivers;
  std::string left_out;                                      ///< which driver does not work here, and why; empty: none
  std::string no_faults;                                     ///< why there are none; empty: there are
  std::uint64_t requests = 0;                                ///< to the file system with faults
  std::vector<std::pair<std::string, std::uint64_t>> faults; ///< by type
  std::uint64_t quiet_points = 0;
  std::uint64_t checks = 0; ///< invariants looked at, all quiet points together
  std::vector<memory_sample> samples;
  memory_sample most; ///< of each the most that was seen
  std::size_t descriptors_before = 0, descriptors_after = 0;
  std::string growth_not_judged;
  std::uint64_t wrong = 0;
  std::vector<std::string> findings;
};

/// One page.
void write_summary(std::ostream& out, const report& what);
void write_json(std::ostream& out, const report& what);

} // namespace shardbridge::soak
