// What the command line says.
#pragma once

#include "../decisions/harm.hpp"

#include <shardbridge/options.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::soak {

struct options {
  std::chrono::seconds length{60};
  double faults = 1; ///< percent
  std::vector<backend> backends{backend::io_uring, backend::thread_pool};
  std::uint64_t seed = 0;
  std::size_t shards = 2;
  std::chrono::seconds patience{60};
  std::string json; ///< a file; empty: none
  harm planted = harm::none;
};

/// Ends the process where the command line says so or makes no sense, with exit code 0 or 2.
options parse(int count, char** words);

} // namespace shardbridge::soak
