#pragma once

#include "target_file.hpp"

#include <cstdint>
#include <vector>

namespace shardbridge::bench {

struct file_recipe {
  std::uint64_t size = 0;
  std::uint64_t block = 0;
  std::uint64_t seed = 0;
  bool direct = false;
  bool quiet = false;
  std::vector<std::uint64_t> other_blocks{}; ///< That it will be read in too: not longer than `block`.
};

/// Makes a file of verified blocks, really written and on the disk, in TMPDIR (/tmp when that is not set), or in the
/// current folder when direct I/O is wanted and the first does not have it. The name is taken away again before the
/// first byte is written, so that however the program ends nothing is left behind. Throws bad_input or run_failure.
target_file make_file(const file_recipe& recipe);

} // namespace shardbridge::bench
