#pragma once

#include "descriptor.hpp"

#include <cstdint>
#include <string>

namespace shardbridge::bench {

/// What a direct operation on a file must be a multiple of.
struct direct_alignment {
  std::uint64_t offset = 1;
  std::uint64_t memory = 1;
};

/// The file that the engines work on, checked and ready to be opened by them.
struct target_file {
  std::string path; ///< What to open; for a file made here, one that has no name any more.
  std::string name; ///< What to call it.
  std::uint64_t size = 0;
  bool temporary = false;
  std::string file_system;
  unique_descriptor descriptor; ///< Keeps a file without a name alive.
};

struct file_demands {
  std::uint64_t block = 0;
  bool direct = false;
  bool write = false;
};

/// Looks at an existing file. Throws bad_input with the reason why it cannot be used.
target_file check_file(const std::string& path, const file_demands& demands);

/// The same checks for a descriptor of a regular file: whether blocks of this size can be used directly.
void check_alignment(int descriptor, const std::string& name, std::uint64_t block);

/// A second, independent opening of the file behind a descriptor; -1 and errno if that fails.
int reopen(int descriptor, int flags);

/// "ext4", or the magic number of one that is not known.
std::string file_system_name(int descriptor);

} // namespace shardbridge::bench
