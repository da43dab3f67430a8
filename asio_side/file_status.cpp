#include <shardbridge/detail/path_requests.hpp>

#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace shardbridge::detail {
namespace {

std::filesystem::file_type type_of(unsigned mode) noexcept {
  using std::filesystem::file_type;
  switch (mode & S_IFMT) {
  case S_IFREG:
    return file_type::regular;
  case S_IFDIR:
    return file_type::directory;
  case S_IFLNK:
    return file_type::symlink;
  case S_IFBLK:
    return file_type::block;
  case S_IFCHR:
    return file_type::character;
  case S_IFIFO:
    return file_type::fifo;
  case S_IFSOCK:
    return file_type::socket;
  default:
    return file_type::unknown;
  }
}

file_status::time time_of(const struct ::statx_timestamp& from) noexcept {
  return file_status::time(std::chrono::seconds(from.tv_sec) + std::chrono::nanoseconds(from.tv_nsec));
}

} // namespace

file_status status_request::status_of(const struct ::statx& from) noexcept {
  constexpr std::uint64_t block = 512; // the unit of stx_blocks, whatever the file system's
  file_status out{.type = type_of(from.stx_mode),
                  .permissions = static_cast<std::filesystem::perms>(from.stx_mode & 07777U),
                  .size = from.stx_size,
                  .allocated = from.stx_blocks * block,
                  .inode = from.stx_ino,
                  .device = ::makedev(from.stx_dev_major, from.stx_dev_minor),
                  .hard_links = from.stx_nlink,
                  .owner = from.stx_uid,
                  .group = from.stx_gid,
                  .accessed = time_of(from.stx_atime),
                  .modified = time_of(from.stx_mtime),
                  .changed = time_of(from.stx_ctime),
                  .created = {}};
  if ((from.stx_mask & STATX_BTIME) != 0) out.created = time_of(from.stx_btime);
  return out;
}

} // namespace shardbridge::detail
