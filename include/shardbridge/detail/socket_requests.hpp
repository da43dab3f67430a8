// The requests behind the verbs of sockets: see requests.hpp and verb.hpp.
#pragma once

#include <shardbridge/detail/iovecs.hpp>
#include <shardbridge/detail/socket_address.hpp>
#include <shardbridge/shard_socket.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

namespace shardbridge::detail {

/// Whether the kernel has ever had it.
inline bool was_in_kernel(const operation& op) noexcept {
  return op.slot_index != UINT32_MAX;
}

inline void take_buffers(operation& op, iovec_array& buffers) noexcept {
  op.iovecs = buffers.data();
  op.iovec_count = buffers.size();
  op.bytes = buffers.bytes();
}

struct connect_request {
  op_code code = op_code::connect;
  file_ref file;
  local_ref<stream_core> made;
  socket_address to;
  msghdr message{};

  void prepare(operation& op) noexcept {
    message.msg_name = to.get();
    message.msg_namelen = to.length;
    op.message = &message;
  }
  void absorb(operation&) noexcept {}
  std::tuple<shard_socket> results(const op_result&) noexcept { return {shard_socket(std::move(made))}; }
};

/// Into memory of the caller's.
struct receive_request {
  op_code code = op_code::receive;
  file_ref file;
  local_ref<stream_core> from;
  iovec_array buffers;
  msghdr message{};

  void prepare(operation& op) noexcept {
    ++from->receives;
    take_buffers(op, buffers);
    op.message = &message;
  }
  void absorb(operation& op) noexcept {
    --from->receives;
    if (op.result.kind != result_kind::success && was_in_kernel(op)) from->break_receiving();
  }
  std::tuple<std::size_t> results(const op_result& ended) noexcept { return {ended.value}; }
};

struct send_request {
  op_code code = op_code::send;
  file_ref file;
  local_ref<stream_core> to;
  iovec_array buffers;
  msghdr message{};

  [[nodiscard]] std::optional<op_result> check() const noexcept {
    if (to->sending().kind != result_kind::success) return to->sending();
    if (buffers.bytes() == 0) return op_result{};
    return std::nullopt;
  }
  void prepare(operation& op) noexcept {
    assert(!to->sends && "shardbridge::shard::send: one at a time on each socket");
    to->sends = true;
    take_buffers(op, buffers);
    op.message = &message;
  }
  void absorb(operation& op) noexcept {
    to->sends = false;
    if (op.result.kind != result_kind::success && was_in_kernel(op)) to->break_sending();
  }
  std::tuple<std::size_t> results(const op_result& ended) noexcept { return {ended.value}; }
};

struct send_to_request {
  op_code code = op_code::send_to;
  file_ref file;
  socket_address to;
  iovec_array buffers;
  msghdr message{};

  void prepare(operation& op) noexcept {
    take_buffers(op, buffers);
    message.msg_name = to.get();
    message.msg_namelen = to.length;
    op.message = &message;
  }
  void absorb(operation&) noexcept {}
  std::tuple<std::size_t> results(const op_result& ended) noexcept { return {ended.value}; }
};

struct poll_request {
  op_code code = op_code::poll;
  file_ref file{};
  int descriptor;
  short events;

  void prepare(operation& op) const noexcept {
    op.offset = static_cast<std::uint64_t>(descriptor);
    op.mode = events;
  }
  void absorb(operation&) noexcept {}
  std::tuple<short> results(const op_result& ended) noexcept { return {static_cast<short>(ended.value)}; }
};

} // namespace shardbridge::detail
