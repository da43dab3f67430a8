#include <shardbridge/detail/file_calls.hpp>

#include <bridge/connection.hpp>

#include <cerrno>

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

int errno_unless(bool succeeded) noexcept {
  return succeeded ? 0 : errno;
}

int adopt(descriptor& file, int fd, bool direct) noexcept {
  struct ::statx status {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_DIOALIGN, &status) != 0) return errno;
  file.learn(status, direct);
  file.set(fd);
  return 0;
}

int sync_now(descriptor& file, int (*sync)(int)) {
  const sync_ledger::ticket running = file.syncs.begin();
  const int error = errno_unless(sync(file.get()) == 0);
  sync_ledger::released released;
  const int told = file.syncs.end_and_wait(running, error, released);
  for (operation* const each : released)
    announce_unparked(*each);
  return told;
}

} // namespace

int open_now(descriptor& file, const char* path, open_flags flags) noexcept {
  const int fd = ::open(path, static_cast<int>(flags) | O_CLOEXEC, 0666);
  if (fd < 0) return errno;
  const int failed = adopt(file, fd, (flags & open_flags::direct) == open_flags::direct);
  if (failed != 0) ::close(fd);
  return failed;
}

int assign_now(descriptor& file, int fd) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags < 0 ? errno : adopt(file, fd, (flags & O_DIRECT) != 0);
}

int close_now(descriptor& file) noexcept {
  if (!file.only_user()) return 0;
  const int fd = file.take();
  return errno_unless(fd < 0 || ::close(fd) == 0);
}

int size_now(const descriptor& file, std::uint64_t& size) noexcept {
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0) return errno;
  size = static_cast<std::uint64_t>(status.st_size);
  return 0;
}

int resize_now(const descriptor& file, std::uint64_t size) noexcept {
  return errno_unless(::ftruncate(file.get(), static_cast<off_t>(size)) == 0);
}

int sync_all_now(descriptor& file) noexcept {
  return sync_now(file, &::fsync);
}

int sync_data_now(descriptor& file) noexcept {
  return sync_now(file, &::fdatasync);
}

} // namespace shardbridge::detail
