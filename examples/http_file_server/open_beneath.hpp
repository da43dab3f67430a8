// Opening what lies below the root, and nothing else.
//
// The kernel walks the path (openat2(2), RESOLVE_BENEATH): no "..", no link and no rename in the middle of the walk
// leads out of the root, which no check before or after an ordinary open could promise. Links that stay below the root
// are followed; absolute ones never.
#pragma once

#include "unique_fd.hpp"

#include <cstdint>
#include <string>

namespace http_file_server {

/// A file or folder that was opened for reading, or why not.
struct opened_file {
  unique_fd fd{};
  int error = 0; ///< errno; 0: it is open
  bool folder = false;
  bool direct = false; ///< reads bypass the page cache and must be aligned
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
};

/// Whether the disk may be waited for, on the way to the file.
enum class lookup {
  cached, ///< no: fails with EAGAIN unless every folder of the path is in the kernel's caches
  blocking,
};

/// Of anything but files and folders it says EACCES. Where `direct` is not possible, the file is opened without.
[[nodiscard]] opened_file open_beneath(int root, const std::string& path, bool direct, lookup how);

} // namespace http_file_server
