#include <shard_side/provided_buffers.hpp>

#include <algorithm>
#include <cerrno>

#include <sys/mman.h>

namespace shardbridge::detail {
namespace {

constexpr int group = 0;

} // namespace

provided_buffers::provided_buffers(io_uring& with, std::uint16_t count, std::size_t bytes)
    : memory_(count, bytes), error_(memory_.error()) {
  if (error_ != 0) return;
  void* const at = ::mmap(nullptr, size_of_ring(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) {
    error_ = ENOMEM;
    return;
  }
  free_ = static_cast<io_uring_buf_ring*>(at);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uint64_t>(free_);
  registration.ring_entries = count;
  registration.bgid = group;
  error_ = -io_uring_register_buf_ring(&with, &registration, 0);
  if (error_ != 0) return;
  io_uring_buf_ring_init(free_);
  for (std::uint16_t buffer = 0; buffer < count; ++buffer)
    add(buffer);
}

provided_buffers::~provided_buffers() {
  // The ring forgets them with itself: only its own thread could have it do so before.
  if (free_ != nullptr) ::munmap(free_, size_of_ring());
}

void provided_buffers::use(io_uring_sqe* sqe) noexcept {
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = group;
}

received_piece& provided_buffers::piece(std::uint16_t buffer, std::size_t bytes) noexcept {
  return memory_.lend({.begin = memory_.at(buffer), .size = bytes, .buffer = buffer});
}

received_piece& provided_buffers::datagram(std::uint16_t buffer, std::size_t bytes, const msghdr& asked) noexcept {
  msghdr header = asked; // which liburing wants to be able to change
  io_uring_recvmsg_out* const out = io_uring_recvmsg_validate(memory_.at(buffer), static_cast<int>(bytes), &header);
  if (out == nullptr) return piece(buffer, 0);
  return memory_.lend({.begin = static_cast<std::byte*>(io_uring_recvmsg_payload(out, &header)),
                       .size = io_uring_recvmsg_payload_length(out, static_cast<int>(bytes), &header),
                       .buffer = buffer,
                       .truncated = (out->flags & MSG_TRUNC) != 0,
                       .sender = static_cast<const sockaddr*>(io_uring_recvmsg_name(out)),
                       .sender_length = std::min<socklen_t>(out->namelen, header.msg_namelen)});
}

void provided_buffers::add(std::uint16_t buffer) noexcept {
  io_uring_buf_ring_add(free_, memory_.at(buffer), static_cast<unsigned>(memory_.bytes()), buffer,
                        io_uring_buf_ring_mask(memory_.size()), 0);
  io_uring_buf_ring_advance(free_, 1);
}

} // namespace shardbridge::detail
