// How the thread-pool driver does what is answered again and again: connections, and what is received into its memory.
#include <shard_side/pool_driver.hpp>

#include <algorithm>
#include <cerrno>
#include <new>

#include <sys/socket.h>

namespace shardbridge::detail {
namespace {

/// Answers given at once before others have a turn. The descriptor tells of the rest again.
constexpr int most_answers = 16;

/// Before the bytes of a datagram: as much as the kernel takes of a ring's buffer.
constexpr std::size_t datagram_head = 16 + sizeof(sockaddr_storage);
static_assert(datagram_head == 144, "as shard_group_options::receive_buffer_bytes says");

/// Received into `memory`; -errno.
ssize_t receive_datagram(const submission& what, receive_memory& memory, received_piece& piece) noexcept {
  std::byte* const head = memory.at(piece.buffer);
  auto* const sender = new (head) sockaddr_storage;
  iovec room{head + datagram_head, memory.bytes() - datagram_head};
  msghdr message{};
  message.msg_name = sender;
  message.msg_namelen = std::min<socklen_t>(what.message->msg_namelen, sizeof *sender);
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  const socklen_t most = message.msg_namelen;
  const ssize_t got = ::recvmsg(what.fd, &message, MSG_DONTWAIT);
  if (got < 0) return -errno;
  piece.begin = static_cast<std::byte*>(room.iov_base);
  piece.size = static_cast<std::size_t>(got);
  piece.truncated = (message.msg_flags & MSG_TRUNC) != 0;
  piece.sender = reinterpret_cast<const sockaddr*>(sender);
  piece.sender_length = std::min(message.msg_namelen, most);
  return got;
}

ssize_t receive_bytes(const submission& what, receive_memory& memory, received_piece& piece) noexcept {
  piece.begin = memory.at(piece.buffer);
  const ssize_t got = ::recv(what.fd, piece.begin, memory.bytes(), MSG_DONTWAIT);
  if (got < 0) return -errno;
  piece.size = static_cast<std::size_t>(got);
  return got;
}

} // namespace

/// True: it waits for more.
bool pool_driver::accept_all(pool_job& job) {
  for (int answers = 0; answers < most_answers; ++answers) {
    const int made = ::accept4(job.what.fd, nullptr, nullptr, SOCK_CLOEXEC);
    if (made < 0 && errno == EAGAIN) return true;
    if (made < 0) {
      end(job, -errno);
      return false;
    }
    came_.push_back({.which = job.which, .result = made, .more = true});
  }
  return true;
}

/// True: it waits for more. As a ring does, it ends with the stream, with an empty datagram, and when no buffer is
/// free.
bool pool_driver::receive_all(pool_job& job) {
  const bool datagrams = job.what.code == op_code::receive_from;
  for (int answers = 0; answers < most_answers; ++answers) {
    if (free_.empty()) {
      end(job, -ENOBUFS);
      return false;
    }
    received_piece piece{.buffer = free_.back()};
    const ssize_t got =
        datagrams ? receive_datagram(job.what, memory_, piece) : receive_bytes(job.what, memory_, piece);
    if (got == -EAGAIN) return true;
    if (got < 0 || (got == 0 && !datagrams)) {
      end(job, static_cast<std::int32_t>(got));
      return false;
    }
    free_.pop_back();
    memory_.lend(piece);
    const auto buffer = static_cast<std::int32_t>(piece.buffer);
    if (got == 0) {
      end(job, 0, buffer);
      return false;
    }
    came_.push_back({.which = job.which, .result = static_cast<std::int32_t>(got), .more = true, .buffer = buffer});
    // Less than there was room for: there is no more, or the descriptor tells of it.
    if (!datagrams && piece.size < memory_.bytes()) return true;
  }
  return true;
}

received_piece& pool_driver::piece(const completion& came, const msghdr*) noexcept {
  return memory_.lent_piece(static_cast<std::uint16_t>(came.buffer));
}

void pool_driver::give_back(std::uint16_t buffer) noexcept {
  memory_.take_back();
  free_.push_back(buffer);
}

} // namespace shardbridge::detail
