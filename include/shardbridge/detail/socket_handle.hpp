#pragma once

#include <shardbridge/detail/local_ref.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/detail/socket_address.hpp>
#include <shardbridge/detail/socket_calls.hpp>

#include <utility>

namespace shardbridge::detail {

/// What Asio's options ask of a protocol. Asio's own bring code with them that must not be in the library.
struct socket_protocol {
  int of_family;

  [[nodiscard]] int family() const noexcept { return of_family; }
};

/** @brief What all sockets of code on a shard have in common.
 *  @par Ownership     it owns the descriptor. When it is destroyed or closed, who waits to receive from it or to accept
 *                     is told `operation_aborted`; a send, and a receive into a caller's memory, end as if the other
 *                     side had closed the connection. The descriptor is closed when nothing in the kernel uses it any
 *                     more.
 *  @par Thread-safety none: it stays on one shard, and does not outlive it */
template <class Core>
class socket_handle {
 public:
  /// Not open.
  socket_handle() noexcept = default;
  /// The other is not open any more.
  socket_handle(socket_handle&& other) noexcept = default;
  /// Closes what it had. The other is not open any more.
  socket_handle& operator=(socket_handle&& other) noexcept {
    if (this == &other) return *this;
    close();
    core_ = std::move(other.core_);
    return *this;
  }
  ~socket_handle() { close(); }

  /// Whether there is a descriptor.
  [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(core_); }
  /// -1 if not open. It stays the socket's, and must stay blocking.
  [[nodiscard]] int native_handle() const noexcept { return core_ ? core_->file->get() : -1; }
  /// Its own address, as one of Asio's endpoints. Throws boost::system::system_error: see getsockname(2).
  template <class Endpoint>
  [[nodiscard]] Endpoint local_endpoint() const {
    const socket_address found = local_address(native_handle());
    return endpoint_of<Endpoint>(found.get(), found.length);
  }
  /// Sets one of Asio's options, such as boost::asio::ip::tcp::no_delay. Throws boost::system::system_error: see
  /// setsockopt(2).
  template <class Option>
  void set_option(const Option& option) {
    const socket_protocol its{family_of(native_handle())};
    change_option(native_handle(), option.level(its), option.name(its), option.data(its),
                  static_cast<socklen_t>(option.size(its)));
  }
  /// Closes it. Nothing happens to one that is not open.
  void close() noexcept {
    if (!core_) return;
    core_->abandon();
    core_ = {};
  }

  /// For the library.
  explicit socket_handle(local_ref<Core> core) noexcept : core_(std::move(core)) {}
  /// For the library.
  [[nodiscard]] const local_ref<Core>& core() const noexcept { return core_; }

 private:
  local_ref<Core> core_;
};

} // namespace shardbridge::detail
