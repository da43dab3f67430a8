#include <shard_side/blocking_call.hpp>

#include <cerrno>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

std::int32_t answer(ssize_t result) noexcept {
  return result < 0 ? -errno : static_cast<std::int32_t>(result);
}

/// -1: from where the file is.
ssize_t transfer(const submission& what) noexcept {
  const auto count = static_cast<int>(what.iovec_count);
  const auto at = static_cast<off_t>(what.offset);
  return what.code == op_code::read ? ::preadv2(what.fd, what.iovecs, count, at, 0)
                                    : ::pwritev2(what.fd, what.iovecs, count, at, 0);
}

int status_of_open(const submission& what) noexcept {
  return ::statx(what.fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE | STATX_DIOALIGN, &what.arguments->status);
}

} // namespace

std::int32_t blocking_call(const submission& what) noexcept {
  const int fd = what.fd;
  const auto begin = static_cast<off_t>(what.offset);
  const auto length = static_cast<off_t>(what.length);
  switch (what.code) {
  case op_code::read:
  case op_code::write:
    return answer(transfer(what));
  case op_code::sync_all:
    return answer(::fsync(fd));
  case op_code::sync_data:
    return answer(::fdatasync(fd));
  case op_code::open:
    if (what.step == 0) return answer(::openat(AT_FDCWD, what.arguments->path.c_str(), what.mode | O_CLOEXEC, 0666));
    return answer(status_of_open(what));
  case op_code::size:
    return answer(status_of_open(what));
  case op_code::close:
    return answer(::close(fd));
  case op_code::rename:
    return answer(::renameat(AT_FDCWD, what.arguments->path.c_str(), AT_FDCWD, what.arguments->new_path.c_str()));
  case op_code::unlink:
    return answer(::unlinkat(AT_FDCWD, what.arguments->path.c_str(), 0));
  case op_code::make_directory:
    return answer(::mkdirat(AT_FDCWD, what.arguments->path.c_str(), static_cast<mode_t>(what.mode)));
  case op_code::status:
    return answer(
        ::statx(AT_FDCWD, what.arguments->path.c_str(), 0, STATX_BASIC_STATS | STATX_BTIME, &what.arguments->status));
  case op_code::resize:
    return answer(::ftruncate(fd, begin));
  case op_code::allocate:
    return answer(::fallocate(fd, what.mode, begin, length));
  case op_code::advise:
    return -::posix_fadvise(fd, begin, length, what.mode);
  case op_code::connect:
  case op_code::accept:
  case op_code::receive:
  case op_code::receive_many:
  case op_code::receive_from:
  case op_code::send:
  case op_code::send_to:
  case op_code::poll:
  case op_code::nop:
  case op_code::call:
  case op_code::wait_level:
  case op_code::cancel_file:
  case op_code::cancel_bridge:
    break;
  }
  return 0;
}

} // namespace shardbridge::detail
