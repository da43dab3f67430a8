#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace shardbridge {

/// What statx(2) tells of a file; times to the nanosecond.
struct file_status {
  /// On the clock of the system, as fine as the file system keeps it.
  using time = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

  std::filesystem::file_type type = std::filesystem::file_type::none;   ///< never `symlink`: links are followed
  std::filesystem::perms permissions = std::filesystem::perms::unknown; ///< those of chmod(2)
  std::uint64_t size = 0;                                               ///< bytes
  std::uint64_t allocated = 0;                                          ///< bytes on the disk
  std::uint64_t inode = 0;                                              ///< unique on its device
  std::uint64_t device = 0;                                             ///< as makedev(3) has it
  std::uint32_t hard_links = 0;                                         ///< names that it has
  std::uint32_t owner = 0;                                              ///< uid
  std::uint32_t group = 0;                                              ///< gid
  time accessed{};                                                      ///< as far as the mount keeps it, see mount(8)
  time modified{};                                                      ///< the contents
  time changed{};                                                       ///< contents or status
  std::optional<time> created;                                          ///< where the file system knows it
};

} // namespace shardbridge
