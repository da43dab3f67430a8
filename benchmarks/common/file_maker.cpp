#include "file_maker.hpp"

#include "block_format.hpp"
#include "failure.hpp"
#include "interrupt.hpp"
#include "memory.hpp"
#include "parse.hpp"
#include "progress.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

namespace shardbridge::bench {
namespace {

struct folder {
  std::string path;
  bool chosen_by_user;
};

std::vector<folder> candidates() {
  if (const char* chosen = std::getenv("TMPDIR"); chosen != nullptr && *chosen != '\0')
    return {{chosen, true}, {".", false}};
  return {{"/tmp", false}, {".", false}, {"/var/tmp", false}};
}

unique_descriptor nameless_file(const std::string& path) {
  std::string name = path + "/shardbridge-bench-XXXXXX";
  unique_descriptor file(::mkostemp(name.data(), O_CLOEXEC));
  if (file.get() < 0) throw bad_input("cannot make a file in '" + path + "': " + errno_text());
  ::unlink(name.c_str());
  return file;
}

/// tmpfs takes O_DIRECT since 6.6, but there is no device behind it to be direct with: only who names it gets it.
bool fit_for_direct(const unique_descriptor& file, bool chosen_by_user) {
  struct statfs info {};
  if (!chosen_by_user && ::fstatfs(file.get(), &info) == 0 && info.f_type == TMPFS_MAGIC) return false;
  return unique_descriptor(reopen(file.get(), O_RDWR | O_DIRECT)).get() >= 0;
}

struct place {
  std::string path;
  unique_descriptor file;
};

place find_place(bool direct) {
  std::string tried;
  for (const auto& [path, chosen_by_user] : candidates()) {
    unique_descriptor file;
    try {
      file = nameless_file(path);
    } catch (const bad_input&) {
      if (chosen_by_user) throw;
      continue;
    }
    if (!direct || fit_for_direct(file, chosen_by_user)) return {path, std::move(file)};
    tried += (tried.empty() ? "'" : ", '") + path + "'";
  }
  if (tried.empty()) throw bad_input("no folder for a temporary file can be written; set TMPDIR");
  throw bad_input("no file system for a temporary file takes O_DIRECT (tried " + tried +
                  "); set TMPDIR or use --no-direct");
}

[[noreturn]] void throw_full(const place& where, std::uint64_t size, int error) {
  throw run_failure("cannot make a file of " + size_text(size) + " in '" + where.path + "': " + errno_text(error));
}

void check_room(const place& where, std::uint64_t size) {
  struct statvfs info {};
  if (::fstatvfs(where.file.get(), &info) != 0 || info.f_blocks == 0) return;
  const auto room = static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  if (room < size)
    throw run_failure("the disk is too full: a file of " + size_text(size) + " does not fit into the " +
                      size_text(room) + " left in '" + where.path + "' (see --size, or set TMPDIR)");
}

void write_blocks(const place& where, int descriptor, const file_recipe& recipe, std::uint64_t size) {
  progress bar("making a file of " + size_text(size) + " in '" + where.path + "'", recipe.quiet);
  const std::uint64_t chunk_blocks = std::max<std::uint64_t>(1, (std::uint64_t{4} << 20) / recipe.block);
  const buffer_set chunk(1, chunk_blocks * recipe.block);
  for (std::uint64_t at = 0; at < size;) {
    if (interrupted()) throw failure(exit_code::interrupted, "interrupted while making the file");
    bar.update(static_cast<double>(at) / static_cast<double>(size));
    const auto part = chunk[0].first(std::min<std::uint64_t>(chunk_blocks * recipe.block, size - at));
    if (recipe.block >= verified_block_min)
      for (std::uint64_t i = 0; i < part.size(); i += recipe.block)
        fill_block(part.subspan(i, recipe.block), at + i, recipe.seed, 1);
    for (std::size_t done = 0; done < part.size();) {
      const auto n = ::pwrite(descriptor, part.data() + done, part.size() - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) throw_full(where, size, n < 0 ? errno : ENOSPC);
      done += static_cast<std::size_t>(n);
    }
    at += part.size();
  }
  if (::fsync(descriptor) != 0) throw_full(where, size, errno);
}

} // namespace

target_file make_file(const file_recipe& recipe) {
  const std::uint64_t size = recipe.size / recipe.block * recipe.block;
  if (size == 0)
    throw bad_input("--size " + std::to_string(recipe.size) + " is shorter than one block of " +
                    std::to_string(recipe.block) + " bytes");
  place where = find_place(recipe.direct);
  if (recipe.direct) {
    check_alignment(where.file.get(), "'" + where.path + "'", recipe.block);
    for (const std::uint64_t block : recipe.other_blocks)
      check_alignment(where.file.get(), "'" + where.path + "'", block);
  }
  check_room(where, size);
  // Written as it will be used: past the page cache for direct I/O, so that the two do not meet; through it otherwise,
  // so that it is warm.
  const unique_descriptor direct(recipe.direct ? reopen(where.file.get(), O_RDWR | O_DIRECT) : -1);
  write_blocks(where, recipe.direct ? direct.get() : where.file.get(), recipe, size);

  const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(where.file.get());
  return {.path = path,
          .name = "temporary file in " + where.path,
          .size = size,
          .temporary = true,
          .file_system = file_system_name(where.file.get()),
          .descriptor = std::move(where.file)};
}

} // namespace shardbridge::bench
