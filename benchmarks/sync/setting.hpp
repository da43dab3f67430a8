#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace shardbridge::bench {

/// One combination of `sync`, and the file that all engines write.
struct sync_setting {
  std::string path;
  std::size_t block = 4096;
  unsigned depth = 1; ///< Clients, each with one write outstanding, at the block of its number.
  bool direct = true;
  std::uint64_t seed = 1; ///< Another for each engine, so that none can pass for having written what another wrote.
};

} // namespace shardbridge::bench
