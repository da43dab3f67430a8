#include <shard_side/attempts.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <span>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace shardbridge::detail {
namespace {

std::int32_t answer(ssize_t result) noexcept {
  return result < 0 ? -errno : static_cast<std::int32_t>(result);
}

/// POLL* that are there; negative: -errno.
int polled(int fd, short events) noexcept {
  pollfd asked{.fd = fd, .events = events, .revents = 0};
  if (fd < 0) return -EBADF;
  if (::poll(&asked, 1, 0) < 0) return -errno;
  return (asked.revents & POLLNVAL) != 0 ? -EBADF : asked.revents;
}

/// Where the descriptor cannot be told not to wait. A pipe that is ready to be written to has room for PIPE_BUF bytes.
std::int32_t transfer_if_ready(const submission& what) noexcept {
  const bool reads = what.code == op_code::read;
  const int ready = polled(what.fd, reads ? POLLIN : POLLOUT);
  if (ready <= 0) return ready == 0 ? -EAGAIN : ready;
  if (reads) return answer(::readv(what.fd, what.iovecs, static_cast<int>(what.iovec_count)));
  std::size_t room = PIPE_BUF;
  std::array<iovec, 16> part{};
  int count = 0;
  for (const iovec& each : std::span(what.iovecs, std::min<std::size_t>(what.iovec_count, part.size()))) {
    if (room == 0) break;
    part[static_cast<std::size_t>(count)] = {each.iov_base, std::min(each.iov_len, room)};
    room -= part[static_cast<std::size_t>(count++)].iov_len;
  }
  return answer(::writev(what.fd, part.data(), count));
}

std::int32_t attempt_transfer(const submission& what) noexcept {
  const auto count = static_cast<int>(what.iovec_count);
  const ssize_t moved = what.code == op_code::read ? ::preadv2(what.fd, what.iovecs, count, -1, RWF_NOWAIT)
                                                   : ::pwritev2(what.fd, what.iovecs, count, -1, RWF_NOWAIT);
  if (moved >= 0) return static_cast<std::int32_t>(moved);
  return errno == EOPNOTSUPP || errno == ENOSYS ? transfer_if_ready(what) : -errno;
}

std::int32_t attempt_receive(const submission& what) noexcept {
  what.message->msg_iov = what.iovecs;
  what.message->msg_iovlen = what.iovec_count;
  return answer(::recvmsg(what.fd, what.message, MSG_DONTWAIT));
}

std::int32_t attempt_datagram(const submission& what) noexcept {
  what.message->msg_iov = what.iovecs;
  what.message->msg_iovlen = what.iovec_count;
  return answer(::sendmsg(what.fd, what.message, MSG_DONTWAIT | MSG_NOSIGNAL));
}

/// All of it, as MSG_WAITALL has a ring do: with an error behind the first bytes those are what it came to.
std::int32_t attempt_send(pool_job& job) noexcept {
  const submission& what = job.what;
  while (job.moved < what.length || what.length == 0) {
    std::array<iovec, 64> part{};
    std::size_t count = 0;
    std::uint64_t sent = job.moved;
    std::uint64_t left = what.length - job.moved;
    for (const iovec& each : std::span(what.iovecs, what.iovec_count)) {
      if (count == part.size() || left == 0) break;
      if (sent >= each.iov_len) {
        sent -= each.iov_len;
        continue;
      }
      const std::size_t bytes = std::min<std::uint64_t>(each.iov_len - sent, left);
      part[count++] = {static_cast<std::byte*>(each.iov_base) + sent, bytes};
      sent = 0;
      left -= bytes;
    }
    what.message->msg_iov = part.data();
    what.message->msg_iovlen = count;
    const ssize_t now = ::sendmsg(what.fd, what.message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (now < 0) {
      if (errno == EAGAIN || job.moved == 0) return -errno;
      break;
    }
    job.moved += static_cast<std::uint64_t>(now);
    if (now == 0) break;
  }
  return static_cast<std::int32_t>(job.moved);
}

/// Once it is begun, the socket tells when there is something to be learnt by asking for it again.
std::int32_t attempt_connect(const submission& what) noexcept {
  const auto* const to = static_cast<const sockaddr*>(what.message->msg_name);
  if (::connect(what.fd, to, what.message->msg_namelen) == 0) return 0;
  if (errno == EINPROGRESS || errno == EALREADY) return -EAGAIN;
  return errno == EAGAIN && to->sa_family == AF_UNIX ? try_later : -errno;
}

} // namespace

bool waits_for_descriptor(const submission& what) noexcept {
  if (what.code == op_code::read || what.code == op_code::write) return !what.regular;
  return operation::waits_for_others(what.code) || operation::sends(what.code);
}

std::uint32_t awaited_events(const submission& what) noexcept {
  switch (what.code) {
  case op_code::write:
  case op_code::send:
  case op_code::send_to:
  case op_code::connect:
    return EPOLLOUT;
  case op_code::poll:
    return static_cast<std::uint32_t>(what.mode) & 0xffffU; // as poll(2) and epoll(7) have them in common
  default:
    return EPOLLIN;
  }
}

std::int32_t attempt(pool_job& job) noexcept {
  const submission& what = job.what;
  switch (what.code) {
  case op_code::read:
  case op_code::write:
    return attempt_transfer(what);
  case op_code::receive:
    return attempt_receive(what);
  case op_code::send:
    return attempt_send(job);
  case op_code::send_to:
    return attempt_datagram(what);
  case op_code::connect:
    return attempt_connect(what);
  case op_code::poll: {
    const int ready = polled(what.fd, static_cast<short>(what.mode));
    return ready == 0 ? -EAGAIN : ready;
  }
  default:
    return -EINVAL;
  }
}

std::int32_t attempt_cached(const submission& what) noexcept {
  const auto count = static_cast<int>(what.iovec_count);
  const ssize_t moved = ::preadv2(what.fd, what.iovecs, count, static_cast<off_t>(what.offset), RWF_NOWAIT);
  if (moved >= 0) return static_cast<std::int32_t>(moved);
  return errno == EOPNOTSUPP || errno == ENOSYS || errno == EINTR ? -EAGAIN : -errno;
}

void make_non_blocking(pool_job& job) noexcept {
  if (job.what.code != op_code::accept && job.what.code != op_code::connect) return;
  const int flags = ::fcntl(job.what.fd, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK) != 0) return;
  if (::fcntl(job.what.fd, F_SETFL, flags | O_NONBLOCK) == 0) job.flags = flags;
}

void end_attempts(pool_job& job) noexcept {
  if (job.flags >= 0) ::fcntl(job.what.fd, F_SETFL, job.flags);
  job.flags = -1;
}

std::int32_t result_if_cancelled(const pool_job& job) noexcept {
  if (job.what.code != op_code::send || job.moved == 0) return -ECANCELED;
  return static_cast<std::int32_t>(job.moved);
}

} // namespace shardbridge::detail
