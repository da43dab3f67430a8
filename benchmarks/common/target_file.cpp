#include "target_file.hpp"

#include "failure.hpp"
#include "parse.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace shardbridge::bench {
namespace {

direct_alignment query_alignment(int descriptor) {
#if defined(STATX_DIOALIGN)
  struct statx info {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, STATX_DIOALIGN, &info) == 0 && (info.stx_mask & STATX_DIOALIGN) != 0 &&
      info.stx_dio_offset_align != 0)
    return {info.stx_dio_offset_align, info.stx_dio_mem_align};
#endif
  // Where the kernel does not say (before 6.1, or a file system that does not know) a small read tells.
  const int direct = reopen(descriptor, O_RDONLY | O_DIRECT);
  if (direct < 0) return {4096, 4096};
  const unique_descriptor owner(direct);
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, 4096), &std::free);
  for (const std::uint64_t size : {512U, 1024U, 2048U})
    if (::pread(direct, memory.get(), size, 0) >= 0) return {size, size};
  return {4096, 4096};
}

} // namespace

int reopen(int descriptor, int flags) {
  return ::open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), flags | O_CLOEXEC);
}

void check_alignment(int descriptor, const std::string& name, std::uint64_t block) {
  const auto alignment = query_alignment(descriptor);
  if (block % alignment.offset != 0)
    throw bad_input("--block " + std::to_string(block) + " is misaligned: direct I/O on " + name +
                    " needs a multiple of " + std::to_string(alignment.offset) + " (or --no-direct)");
}

std::string file_system_name(int descriptor) {
  struct statfs info {};
  if (::fstatfs(descriptor, &info) != 0) return "unknown";
  const auto magic = static_cast<unsigned long>(info.f_type) & 0xffffffffUL;
  constexpr std::array<std::pair<unsigned long, const char*>, 9> known{{{EXT4_SUPER_MAGIC, "ext4"},
                                                                        {XFS_SUPER_MAGIC, "xfs"},
                                                                        {BTRFS_SUPER_MAGIC, "btrfs"},
                                                                        {TMPFS_MAGIC, "tmpfs"},
                                                                        {OVERLAYFS_SUPER_MAGIC, "overlay"},
                                                                        {F2FS_SUPER_MAGIC, "f2fs"},
                                                                        {NFS_SUPER_MAGIC, "nfs"},
                                                                        {FUSE_SUPER_MAGIC, "fuse"},
                                                                        {0x2fc12fc1UL, "zfs"}}};
  for (const auto& [number, name] : known)
    if (number == magic) return name;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%lx", magic);
  return text.data();
}

target_file check_file(const std::string& path, const file_demands& demands) {
  const std::string quoted = "'" + path + "'";
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) throw bad_input("no such file: " + quoted);
    throw bad_input("cannot look at " + quoted + ": " + errno_text());
  }
  if (S_ISDIR(info.st_mode)) throw bad_input(quoted + " is a folder, not a file");
  if (!S_ISREG(info.st_mode)) throw bad_input(quoted + " is not a regular file");

  const int access = demands.write ? O_RDWR : O_RDONLY;
  unique_descriptor descriptor(::open(path.c_str(), access | O_CLOEXEC));
  if (descriptor.get() < 0) {
    if (errno == EACCES)
      throw bad_input(std::string("no permission to ") + (demands.write ? "read and write " : "read ") + quoted);
    throw bad_input("cannot open " + quoted + ": " + errno_text());
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size < demands.block)
    throw bad_input(quoted + " has " + std::to_string(size) + " bytes, which is shorter than one block of " +
                    std::to_string(demands.block));
  if (demands.direct) {
    const unique_descriptor direct(reopen(descriptor.get(), access | O_DIRECT));
    if (direct.get() < 0)
      throw bad_input("the file system of " + quoted + " refuses O_DIRECT (" + errno_text() + "); use --no-direct");
    check_alignment(descriptor.get(), quoted, demands.block);
  }
  return {.path = path,
          .name = path,
          .size = size / demands.block * demands.block,
          .temporary = false,
          .file_system = file_system_name(descriptor.get()),
          .descriptor = std::move(descriptor)};
}

} // namespace shardbridge::bench
