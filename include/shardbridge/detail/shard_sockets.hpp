#pragma once

#include <shardbridge/detail/socket_requests.hpp>
#include <shardbridge/detail/socket_waits.hpp>
#include <shardbridge/detail/verb.hpp>
#include <shardbridge/io_options.hpp>
#include <shardbridge/received_buffer.hpp>
#include <shardbridge/shard_socket.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <sys/socket.h>

namespace shardbridge::detail {

/** @brief The part of a shard that works on sockets, on its own ring.
 *
 *  What waits is awaited once, in a task of the shard, and begun only then; what does not wait is done at once.
 *  Addresses are Asio's endpoints, of TCP, UDP or UNIX sockets.
 *  @par Buffers and units   bytes. A caller's memory stays the caller's, and must live until the task goes on, or is
 *                           destroyed.
 *  @par Deadline            io_options cover the queue and the kernel
 *  @par Capacity            each socket that waits to receive, each listener and each send takes one of the shard's
 *                           slots (shard_group_options::ring_entries). A send to who does not read waits for ever: give
 *                           it a deadline.
 *  @par Cancellation        with the task. What waits for what may come leaves it to the next who waits. A send, or a
 *                           receive into a caller's memory, that fails, is cancelled or expires when the kernel has it
 *                           closes that half of its connection, since nobody knows how far the stream has got: the
 * other side is told, and what comes later throws `broken_pipe`.
 *  @par Errors              throw `boost::system::system_error`: errno in the system category, EBADF for what is not
 *                           open; `errc`; `operation_aborted`
 *  @par Thread-safety       the shard's thread */
class shard_sockets {
 public:
  /// Listens at once. Errors: those of socket(2), bind(2), listen(2).
  template <class Endpoint>
  [[nodiscard]] shard_listener listen(const Endpoint& at, const listen_options& options = {}) {
    file_ref file = open_for(at);
    if (options.reuse_address && at.protocol().family() != AF_UNIX) switch_on(file->get(), SO_REUSEADDR);
    if (options.reuse_port) switch_on(file->get(), SO_REUSEPORT);
    bind_socket(file->get(), socket_address(at));
    listen_at(file->get(), options.backlog);
    // The kernel may give all of its backlog at once, and goes on until it is told not to.
    const std::size_t most = 2 * static_cast<std::size_t>(std::max(options.backlog, 16));
    return shard_listener(local_ref(new listener_core(runtime_, std::move(file), most)));
  }
  /// Gives the next connection, a shard_socket. Several tasks may wait, first come, first served.
  /// Errors: those of accept(2); those for want of descriptors or memory are told to the one that has waited longest,
  /// and the next to wait tries again.
  [[nodiscard]] auto accept(const shard_listener& listener, const io_options& options = {}) noexcept {
    return accept_awaiter(runtime_, listener.core(), options);
  }
  /// Gives a shard_socket. Errors: those of socket(2), at once, and of connect(2).
  template <class Endpoint>
  [[nodiscard]] auto connect(const Endpoint& to, const io_options& options = {}) {
    const local_ref made(new stream_core(runtime_, open_for(to)));
    return verb(runtime_, connect_request{.file = made->file, .made = made, .to = socket_address(to)}, options,
                "connect");
  }
  /// A connected stream socket from elsewhere, of which nothing may be outstanding: one of socketpair(2), or what
  /// `release()` of an Asio socket gives. It is made blocking, as the kernel needs it. The descriptor is closed if this
  /// throws: errors of fcntl(2).
  [[nodiscard]] shard_socket adopt_socket(int descriptor) {
    return shard_socket(local_ref(new stream_core(runtime_, adopted_socket(descriptor))));
  }

  /// Gives what has come, at least one byte, in memory of the shard's: a received_buffer, empty at the end of the
  /// stream. From the first time on the kernel receives without being asked, until 16 buffers wait to be taken. A
  /// silent connection needs no memory. Errors: those of recv(2); EOPNOTSUPP where the shard has no receive buffers
  [[nodiscard]] auto recv(const shard_socket& socket, const io_options& options = {}) noexcept {
    return bytes_awaiter(runtime_, socket.core(), options);
  }
  /// Receives what has come into `buffers`. Gives the bytes, at least one, 0 at the end of the stream.
  /// Errors: those of recv(2)
  template <class MutableBufferSequence>
    requires boost::asio::is_mutable_buffer_sequence<MutableBufferSequence>::value
  [[nodiscard]] auto recv(const shard_socket& socket, const MutableBufferSequence& buffers,
                          const io_options& options = {}) {
    return receive_into(runtime_, socket.core(), iovec_array(buffers), options);
  }
  /// Sends all of `buffers`, in one piece of the stream: one at a time on each socket. Gives the bytes.
  /// Errors: those of send(2)
  template <class ConstBufferSequence>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  [[nodiscard]] auto send(const shard_socket& socket, const ConstBufferSequence& buffers,
                          const io_options& options = {}) {
    const auto& to = socket.core();
    return verb(runtime_, send_request{.file = file_of(socket), .to = to, .buffers = iovec_array(buffers)}, options,
                "send", unless_open(socket));
  }

  /// A datagram socket at that address. Errors: those of socket(2), bind(2).
  template <class Endpoint>
  [[nodiscard]] shard_datagram_socket bind(const Endpoint& at, const datagram_options& options = {}) {
    file_ref file = open_for(at);
    if (options.reuse_port) switch_on(file->get(), SO_REUSEPORT);
    bind_socket(file->get(), socket_address(at));
    return shard_datagram_socket(local_ref(new datagram_core(runtime_, std::move(file), options.most_kept)));
  }
  /// Gives the next datagram. From the first time on the kernel receives without being asked. Several tasks may wait,
  /// first come, first served.
  /// Errors: those of recv(2), told to the one that has waited longest, such as ECONNREFUSED of what was sent before
  [[nodiscard]] auto recv_from(const shard_datagram_socket& socket, const io_options& options = {}) noexcept {
    return datagram_awaiter(runtime_, socket.core(), options);
  }
  /// Sends `buffers` as one datagram. Gives the bytes. Errors: those of send(2), such as EMSGSIZE
  template <class Endpoint, class ConstBufferSequence>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  [[nodiscard]] auto send_to(const shard_datagram_socket& socket, const Endpoint& to,
                             const ConstBufferSequence& buffers, const io_options& options = {}) {
    return verb(runtime_,
                send_to_request{.file = file_of(socket), .to = socket_address(to), .buffers = iovec_array(buffers)},
                options, "send_to", unless_open(socket));
  }

  /// Waits until one of `events` is there, as poll(2) has them. Gives those that are. The descriptor stays the
  /// caller's, open until the task goes on. Nothing of it is changed.
  [[nodiscard]] auto poll(int descriptor, short events, const io_options& options = {}) {
    return verb(runtime_, poll_request{.descriptor = descriptor, .events = events}, options, "poll");
  }

 protected:
  explicit shard_sockets(shard_runtime& runtime) noexcept : runtime_(runtime) {}
  ~shard_sockets() = default;

 private:
  template <class Endpoint>
  static file_ref open_for(const Endpoint& at) {
    const auto protocol = at.protocol();
    return new_socket(protocol.family(), protocol.type(), protocol.protocol());
  }
  template <class Socket>
  static file_ref file_of(const Socket& socket) {
    return socket.is_open() ? socket.core()->file : file_ref();
  }
  template <class Socket>
  static std::optional<op_result> unless_open(const Socket& socket) {
    if (socket.is_open()) return std::nullopt;
    return op_result{result_kind::system_error, EBADF, 0};
  }

  shard_runtime& runtime_;
};

} // namespace shardbridge::detail
