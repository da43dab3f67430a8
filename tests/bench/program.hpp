// Goal: tests can run the benchmark program as a user does, and see all that the user sees.
// Method: fixtures/child_program.hpp.
#pragma once

#include "child_program.hpp"
#include "temporary_folder.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// A folder that is removed with everything in it.
class scratch_folder : public fixtures::temporary_folder {
 public:
  std::string operator/(const std::string& name) const { return path() / name; }
  /// Names in it, sorted.
  std::vector<std::string> entries() const;
};

using fixtures::program_result;

struct program_setting {
  std::string temporary_folder{}; ///< TMPDIR; empty: the test's own.
  bool as_nobody = false;         ///< Give up root first.
  std::string small_disk{};       ///< Mount a file system of 2 MiB here, seen by the program alone.
};

/// The exit code when the setting could not be made (no root, no such mount).
inline constexpr int setting_impossible = fixtures::child_program::not_prepared;

/// A run of the program, started by the constructor.
class program_run : public fixtures::child_program {
 public:
  explicit program_run(std::vector<std::string> arguments, const program_setting& setting = {});
};

inline program_result run_program(const std::vector<std::string>& arguments, const program_setting& setting = {}) {
  return program_run(arguments, setting).wait();
}

/// A file of blocks that --verify accepts.
std::string make_verified_file(const scratch_folder& folder, std::uint64_t blocks, std::uint64_t block = 4096);

} // namespace shardbridge::bench
