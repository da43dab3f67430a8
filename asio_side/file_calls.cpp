#include <shardbridge/detail/file_calls.hpp>
#include <shardbridge/detail/transfer_check.hpp>

#include <bridge/blocked_signals.hpp>
#include <bridge/connection.hpp>
#include <bridge/descriptor_number.hpp>
#include <bridge/interruptions.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

/// -errno where it fails. What a signal's handler has interrupted is begun anew with signals blocked, since some file
/// systems undo what they have done by then, and would never come to an end among many. Not for what may wait for ever.
template <class Call>
ssize_t uninterrupted(Call call) noexcept {
  ssize_t result = call();
  if (result >= 0) return result;
  if (errno != EINTR) return -errno;
  const blocked_signals quiet;
  for (int interruptions = 1; result < 0 && errno == EINTR && interruptions <= most_interruptions; ++interruptions)
    result = call();
  return result < 0 ? -errno : result;
}

/// 0 or an errno.
template <class Call>
int errno_of(Call call) noexcept {
  return static_cast<int>(-uninterrupted(call));
}

int adopt(descriptor& file, int fd, bool direct) noexcept {
  struct ::statx status {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_DIOALIGN, &status) != 0) return errno;
  file.learn(status, direct);
  file.set(fd);
  return 0;
}

op_result call(const descriptor& file, op_code code, std::uint64_t offset, std::span<const iovec> buffers) noexcept {
  const int fd = file.get();
  const int count = static_cast<int>(std::min<std::size_t>(buffers.size(), IOV_MAX));
  const auto at = static_cast<off_t>(offset);
  const bool reads = code == op_code::read;
  ssize_t moved = 0;
  if (file.regular) {
    moved = uninterrupted(
        [&] { return reads ? ::preadv(fd, buffers.data(), count, at) : ::pwritev(fd, buffers.data(), count, at); });
  } else {
    do
      moved = reads ? ::readv(fd, buffers.data(), count) : ::writev(fd, buffers.data(), count);
    while (moved < 0 && errno == EINTR);
    if (moved < 0) moved = -errno;
  }
  if (moved < 0) return {result_kind::system_error, static_cast<int>(-moved), 0};
  const bool ended = moved == 0 && reads;
  return {ended ? result_kind::end_of_file : result_kind::success, 0, static_cast<std::uint64_t>(moved)};
}

int sync_now(descriptor& file, int (*sync)(int)) {
  const sync_ledger::ticket running = file.syncs.begin();
  const int error = errno_of([&] { return sync(file.get()); });
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
  file.append = (flags & open_flags::append) == open_flags::append;
  return failed;
}

int assign_now(descriptor& file, int fd) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return errno;
  const int failed = adopt(file, fd, (flags & O_DIRECT) != 0);
  if (failed != 0) return failed;
  file.append = (flags & O_APPEND) != 0;
  const off_t at = file.regular ? ::lseek(fd, 0, SEEK_CUR) : 0;
  file.position = at > 0 ? static_cast<std::uint64_t>(at) : 0;
  return 0;
}

int close_now(descriptor& file) noexcept {
  if (!file.only_user()) return 0;
  const int fd = file.take();
  // Interrupted or not, the descriptor is gone, see close(2).
  return fd < 0 || ::close(fd) == 0 || errno == EINTR ? 0 : errno;
}

int size_now(const descriptor& file, std::uint64_t& size) noexcept {
  struct ::stat status {};
  if (const int failed = errno_of([&] { return ::fstat(file.get(), &status); }); failed != 0) return failed;
  size = static_cast<std::uint64_t>(status.st_size);
  return 0;
}

int resize_now(const descriptor& file, std::uint64_t size) noexcept {
  return errno_of([&] { return ::ftruncate(file.get(), static_cast<off_t>(size)); });
}

int allocate_now(const descriptor& file, std::uint64_t offset, std::uint64_t length, allocate_mode how) noexcept {
  return errno_of([&] {
    return ::fallocate(file.get(), static_cast<int>(how), static_cast<off_t>(offset), static_cast<off_t>(length));
  });
}

int advise_now(const descriptor& file, std::uint64_t offset, std::uint64_t length, file_advice what) noexcept {
  return ::posix_fadvise(file.get(), static_cast<off_t>(offset), static_cast<off_t>(length), static_cast<int>(what));
}

op_result transfer_now(const descriptor& file, op_code code, std::uint64_t offset, std::span<const iovec> buffers) {
  std::unique_ptr<bounce> by_way_of;
  if (const auto answered = check_transfer(file, code, offset, buffers, by_way_of)) return *answered;
  op_result out =
      by_way_of ? call(file, code, by_way_of->offset(), {&by_way_of->whole(), 1}) : call(file, code, offset, buffers);
  if (by_way_of) by_way_of->finish(code, out, buffers);
  return out;
}

int seek_now(descriptor& file, std::int64_t offset, int whence, std::uint64_t& position) noexcept {
  if (!file.regular) return ESPIPE;
  std::uint64_t base = 0;
  if (whence == SEEK_CUR) base = file.position;
  if (whence == SEEK_END) {
    if (const int failed = size_now(file, base); failed != 0) return failed;
  }
  std::int64_t wanted = 0;
  if (__builtin_add_overflow(static_cast<std::int64_t>(base), offset, &wanted) || wanted < 0) return EINVAL;
  file.position = position = static_cast<std::uint64_t>(wanted);
  return 0;
}

int release_now(descriptor& file, int& native) noexcept {
  if (file.only_user()) {
    native = file.take();
    return 0;
  }
  native = ::fcntl(file.get(), F_DUPFD_CLOEXEC, 0);
  if (native < 0) return errno;
  number_given(native);
  return 0;
}

void advance(descriptor& file, op_code code, std::uint64_t moved) noexcept {
  if (!file.regular || moved == 0) return;
  file.position += moved;
  if (code != op_code::write || !file.append) return;
  // Where the end was then nobody knows; where it is now is behind it.
  std::uint64_t size = 0;
  if (size_now(file, size) == 0) file.position = size;
}

int sync_all_now(descriptor& file) noexcept {
  return sync_now(file, &::fsync);
}

int sync_data_now(descriptor& file) noexcept {
  return sync_now(file, &::fdatasync);
}

} // namespace shardbridge::detail
