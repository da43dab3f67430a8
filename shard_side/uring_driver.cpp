#include <shard_side/uring_driver.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>

#include <fcntl.h>
#include <poll.h>

namespace shardbridge::detail {
namespace {

constexpr int op_ftruncate = 55; // IORING_OP_FTRUNCATE, Linux 6.9, younger than liburing 2.3

__kernel_timespec timespec_of(std::int64_t nanoseconds) noexcept {
  return {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
}

void prepare(io_uring_sqe* sqe, const submission& what) noexcept {
  const int fd = what.fd;
  switch (what.code) {
  case op_code::sync_all:
    io_uring_prep_fsync(sqe, fd, 0);
    return;
  case op_code::sync_data:
    io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
    return;
  case op_code::open:
    if (what.step == 0) {
      io_uring_prep_openat(sqe, AT_FDCWD, what.arguments->path.c_str(), what.mode | O_CLOEXEC, 0666);
      return;
    }
    [[fallthrough]];
  case op_code::size:
    io_uring_prep_statx(sqe, fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE | STATX_DIOALIGN, &what.arguments->status);
    return;
  case op_code::close:
    io_uring_prep_close(sqe, fd);
    return;
  case op_code::rename:
    io_uring_prep_renameat(sqe, AT_FDCWD, what.arguments->path.c_str(), AT_FDCWD, what.arguments->new_path.c_str(), 0);
    return;
  case op_code::unlink:
    io_uring_prep_unlinkat(sqe, AT_FDCWD, what.arguments->path.c_str(), 0);
    return;
  case op_code::make_directory:
    io_uring_prep_mkdirat(sqe, AT_FDCWD, what.arguments->path.c_str(), static_cast<mode_t>(what.mode));
    return;
  case op_code::status:
    io_uring_prep_statx(sqe, AT_FDCWD, what.arguments->path.c_str(), 0, STATX_BASIC_STATS | STATX_BTIME,
                        &what.arguments->status);
    return;
  case op_code::resize:
    io_uring_prep_rw(op_ftruncate, sqe, fd, nullptr, 0, what.offset);
    return;
  case op_code::allocate:
    io_uring_prep_fallocate(sqe, fd, what.mode, static_cast<off_t>(what.offset), static_cast<off_t>(what.length));
    return;
  case op_code::advise:
    io_uring_prep_fadvise(sqe, fd, what.offset, static_cast<off_t>(what.length), what.mode);
    return;
  case op_code::connect:
    io_uring_prep_connect(sqe, fd, static_cast<const sockaddr*>(what.message->msg_name), what.message->msg_namelen);
    return;
  case op_code::receive_many:
    io_uring_prep_recv_multishot(sqe, fd, nullptr, 0, 0);
    provided_buffers::use(sqe);
    return;
  case op_code::receive_from:
    io_uring_prep_recvmsg_multishot(sqe, fd, what.message, 0);
    provided_buffers::use(sqe);
    return;
  case op_code::poll:
    io_uring_prep_poll_add(sqe, fd, static_cast<unsigned>(what.mode));
    return;
  case op_code::accept:
  case op_code::read:
  case op_code::write:
  case op_code::receive:
  case op_code::send:
  case op_code::send_to:
  case op_code::nop:
  case op_code::call:
  case op_code::wait_level:
  case op_code::cancel_file:
  case op_code::cancel_bridge:
    break;
  }
  io_uring_prep_nop(sqe);
}

/// EINTR and ETIME end a wait; EAGAIN and EBUSY ask for completions to be reaped first. What was not submitted stays
/// staged, and the next enter() takes it along.
void check(int result) {
  if (result < 0 && result != -EINTR && result != -ETIME && result != -EAGAIN && result != -EBUSY)
    throw std::system_error(-result, std::generic_category(), "io_uring_enter");
}

} // namespace

uring_driver::uring_driver(const setup& wanted, const event_fd& wake)
    : ring_(wanted.entries), features_(wanted.features ? *wanted.features : find_features(ring_)),
      provided_(*ring_.get(), wanted.receive_buffers, wanted.receive_buffer_bytes),
      zero_copy_from_(features_.zero_copy ? wanted.zero_copy_from : UINT64_MAX), wake_(wake),
      timeouts_(wanted.entries) {}

int uring_driver::register_memory(const registered_memory& memory) {
  if (memory.pieces().size() > registered_memory::most_pieces) return EINVAL;
  const int failed = ring_.register_memory(memory.pieces());
  if (failed == 0) memory_ = memory;
  return failed;
}

// MSG_WAITALL has the kernel go on with what does not fit the socket's buffer by itself.
void uring_driver::prepare_send(io_uring_sqe* sqe, const submission& what) const noexcept {
  constexpr int flags = MSG_NOSIGNAL | MSG_WAITALL;
  const bool copies = what.length < zero_copy_from_;
  if (what.iovec_count == 1 && what.code == op_code::send) {
    void* const at = what.iovecs->iov_base;
    const std::size_t bytes = std::min<std::uint64_t>(what.iovecs->iov_len, max_bytes_at_once);
    if (copies)
      io_uring_prep_send(sqe, what.fd, at, bytes, flags);
    else
      io_uring_prep_send_zc(sqe, what.fd, at, bytes, flags, 0);
    return;
  }
  what.message->msg_iov = what.iovecs;
  what.message->msg_iovlen = what.iovec_count;
  if (copies)
    io_uring_prep_sendmsg(sqe, what.fd, what.message, flags);
  else
    io_uring_prep_sendmsg_zc(sqe, what.fd, what.message, flags);
}

// One at a time it ends with each connection, and is begun again while somebody waits.
void uring_driver::prepare_accept(io_uring_sqe* sqe, int fd) const noexcept {
  if (features_.multishot_accept)
    io_uring_prep_multishot_accept(sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
  else
    io_uring_prep_accept(sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
}

int uring_driver::without_buffers() const noexcept {
  if (provided_.error() != 0) return provided_.error();
  return features_.multishot_receive ? 0 : EOPNOTSUPP;
}

void uring_driver::prepare_transfer(io_uring_sqe* sqe, const submission& what) noexcept {
  if (operation::sends(what.code)) return prepare_send(sqe, what);
  if (what.code == op_code::receive) {
    if (what.iovec_count == 1) {
      const std::size_t bytes = std::min<std::uint64_t>(what.iovecs->iov_len, max_bytes_at_once);
      return io_uring_prep_recv(sqe, what.fd, what.iovecs->iov_base, bytes, 0);
    }
    what.message->msg_iov = what.iovecs;
    what.message->msg_iovlen = what.iovec_count;
    return io_uring_prep_recvmsg(sqe, what.fd, what.message, 0);
  }
  const bool reads = what.code == op_code::read;
  if (what.iovec_count != 1) {
    if (reads)
      io_uring_prep_readv(sqe, what.fd, what.iovecs, what.iovec_count, what.offset);
    else
      io_uring_prep_writev(sqe, what.fd, what.iovecs, what.iovec_count, what.offset);
    return;
  }
  void* const at = what.iovecs->iov_base;
  const auto bytes = static_cast<unsigned>(std::min<std::uint64_t>(what.iovecs->iov_len, max_bytes_at_once));
  if (reads)
    io_uring_prep_read(sqe, what.fd, at, bytes, what.offset);
  else
    io_uring_prep_write(sqe, what.fd, at, bytes, what.offset);
  if (const auto index = memory_.find(*what.iovecs)) {
    // What io_uring_prep_read_fixed() and its twin add to it.
    sqe->opcode = reads ? IORING_OP_READ_FIXED : IORING_OP_WRITE_FIXED;
    sqe->buf_index = static_cast<std::uint16_t>(*index);
    ++registered_submissions_;
  }
}

bool uring_driver::stage(token operation, const submission& what) {
  const bool timed = what.linked_deadline != never;
  const bool synced = what.then != op_code::nop;
  // Both in one submit, or the link would be cut.
  if (io_uring_sq_space_left(ring_.get()) < (timed || synced ? 2U : 1U)) return false;
  io_uring_sqe* const sqe = io_uring_get_sqe(ring_.get());
  if (operation::moves_bytes(what.code))
    prepare_transfer(sqe, what);
  else if (what.code == op_code::accept)
    prepare_accept(sqe, what.fd);
  else
    prepare(sqe, what);
  io_uring_sqe_set_data64(sqe, operation.pack());
  if (timed || synced) sqe->flags |= IOSQE_IO_LINK;
  if (timed) {
    __kernel_timespec& at = timeouts_[operation.index()] = timespec_of(what.linked_deadline);
    io_uring_sqe* const timeout = io_uring_get_sqe(ring_.get());
    io_uring_prep_link_timeout(timeout, &at, IORING_TIMEOUT_ABS);
    io_uring_sqe_set_data64(timeout, operation.as(cqe_kind::timeout).pack());
  }
  if (synced) {
    io_uring_sqe* const sync = io_uring_get_sqe(ring_.get());
    prepare(sync, {.code = what.then, .fd = what.fd});
    io_uring_sqe_set_data64(sync, operation.as(cqe_kind::sync).pack());
  }
  return true;
}

bool uring_driver::stage_cancel(token which) {
  io_uring_sqe* const sqe = io_uring_get_sqe(ring_.get());
  if (sqe == nullptr) return false;
  io_uring_prep_cancel64(sqe, which.pack(), 0);
  io_uring_sqe_set_data64(sqe, which.as(cqe_kind::cancel).pack());
  return true;
}

bool uring_driver::stage_message(std::uint32_t which, int ring) {
  io_uring_sqe* const sqe = io_uring_get_sqe(ring_.get());
  if (sqe == nullptr) return false;
  io_uring_prep_msg_ring(sqe, ring, 0, token{0, 0, cqe_kind::message}.pack(), 0);
  sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  io_uring_sqe_set_data64(sqe, token{0, which, cqe_kind::message}.pack());
  return true;
}

void uring_driver::watch_wake() {
  io_uring_sqe* const sqe = io_uring_get_sqe(ring_.get());
  if (sqe == nullptr) return; // the submit that follows makes room for the next attempt
  io_uring_prep_poll_multishot(sqe, wake_.get(), POLLIN);
  io_uring_sqe_set_data64(sqe, token{0, 0, cqe_kind::wake}.pack());
  watching_ = true;
}

void uring_driver::submit() {
  check(io_uring_submit(ring_.get()));
}

void uring_driver::enter(std::int64_t until) {
  if (!watching_) watch_wake();
  int result = 0;
  if (until == no_wait || !watching_) {
    result = io_uring_submit_and_get_events(ring_.get());
  } else if (until == never) {
    io_uring_cqe* cqe = nullptr;
    result = io_uring_submit_and_wait_timeout(ring_.get(), &cqe, 1, nullptr, nullptr);
  } else {
    const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();
    __kernel_timespec left = timespec_of(std::max<std::int64_t>(until - now, 0));
    io_uring_cqe* cqe = nullptr;
    result = io_uring_submit_and_wait_timeout(ring_.get(), &cqe, 1, &left, nullptr);
  }
  check(result);
}

std::size_t uring_driver::reap(std::span<completion> into) {
  std::array<io_uring_cqe*, 64> cqes; // the kernel's, as many as it says
  const unsigned count = ring_.peek(std::span(cqes).first(std::min(into.size(), cqes.size())));
  std::size_t out = 0;
  for (const io_uring_cqe* cqe : std::span(cqes).first(count)) {
    const token which = token::unpack(io_uring_cqe_get_data64(cqe));
    if (which.kind() == cqe_kind::wake) watching_ = (cqe->flags & IORING_CQE_F_MORE) != 0;
    completion& came = into[out++];
    came.which = which;
    came.result = cqe->res;
    came.more = (cqe->flags & IORING_CQE_F_MORE) != 0;
    came.notification = (cqe->flags & IORING_CQE_F_NOTIF) != 0;
    came.buffer =
        (cqe->flags & IORING_CQE_F_BUFFER) != 0 ? static_cast<std::int32_t>(cqe->flags >> IORING_CQE_BUFFER_SHIFT) : -1;
  }
  io_uring_cq_advance(ring_.get(), count);
  return out;
}

received_piece& uring_driver::piece(const completion& came, const msghdr* asked) noexcept {
  const auto buffer = static_cast<std::uint16_t>(came.buffer);
  const auto bytes = static_cast<std::size_t>(std::max(came.result, 0));
  return asked == nullptr ? provided_.piece(buffer, bytes) : provided_.datagram(buffer, bytes, *asked);
}

bool uring_driver::ready() noexcept {
  return ring_.ready();
}

std::uint64_t uring_driver::overflowed() const noexcept {
  // relaxed: a number, which guards nothing.
  return std::atomic_ref<unsigned>(*ring_.get()->cq.koverflow).load(std::memory_order_relaxed);
}

bool uring_driver::supports(op_code code) const noexcept {
  return code != op_code::resize || ring_.supports(op_ftruncate);
}

} // namespace shardbridge::detail
