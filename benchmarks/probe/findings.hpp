// What this machine's kernel does for a ring, found by trying it, and what it sets limits to.
#pragma once

#include <string>
#include <vector>

namespace shardbridge::bench {

struct finding {
  std::string what;
  bool works = true;
  std::string detail{}; ///< why not, or a value; may be empty
};

/// The limits and settings that rings and shards run into.
std::vector<finding> find_limits();

/// A ring with each flag of io_uring_setup(2) by itself, that completes a no-op.
std::vector<finding> find_setup_flags();

/// What a ring can have registered with it. Nothing where there is no ring.
std::vector<finding> find_registrations();

/// The kinds of operations that shards ask for, as the kernel says that it knows them. Nothing where there is no ring.
std::vector<finding> find_operations();

} // namespace shardbridge::bench
