#pragma once

#include <shardbridge/detail/arrival.hpp>
#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/detail/socket_address.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <utility>

namespace shardbridge {

/** @brief Bytes that a shard has received, in memory of its own, see shard_group_options::receive_buffers.
 *  @par Ownership     it owns one of the shard's buffers until it is destroyed. Who keeps many makes others wait, whose
 *                     bytes stay in their sockets until then.
 *  @par Thread-safety none: it stays on its shard, and does not outlive it */
class received_buffer {
 public:
  /// Nothing.
  received_buffer() noexcept = default;
  /// The other has nothing any more.
  received_buffer(received_buffer&& other) noexcept
      : runtime_(other.runtime_), piece_(std::exchange(other.piece_, nullptr)) {}
  /// Gives back what it had. The other has nothing any more.
  received_buffer& operator=(received_buffer&& other) noexcept {
    std::swap(runtime_, other.runtime_);
    std::swap(piece_, other.piece_);
    other.reset();
    return *this;
  }
  ~received_buffer() { reset(); }

  /// Of nothing the null pointer. The bytes may be changed.
  [[nodiscard]] std::byte* data() const noexcept { return piece_ != nullptr ? piece_->begin : nullptr; }
  /// Bytes.
  [[nodiscard]] std::size_t size() const noexcept { return piece_ != nullptr ? piece_->size : 0; }
  /// Whether there is nothing: the stream has ended.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// As Asio takes it. It owns nothing.
  [[nodiscard]] boost::asio::mutable_buffer buffer() const noexcept { return {data(), size()}; }

  /// Gives it back.
  void reset() noexcept {
    if (detail::received_piece* const had = std::exchange(piece_, nullptr)) runtime_->give_back(*had);
  }

  /// For the library.
  received_buffer(detail::shard_runtime& on, detail::received_piece& piece) noexcept : runtime_(&on), piece_(&piece) {}
  /// For the library.
  [[nodiscard]] const detail::received_piece* piece() const noexcept { return piece_; }

 private:
  detail::shard_runtime* runtime_ = nullptr;
  detail::received_piece* piece_ = nullptr;
};

/** @brief A datagram that a shard has received, and who has sent it.
 *  @par Ownership     as received_buffer
 *  @par Thread-safety none */
class datagram {
 public:
  /// See received_buffer. An empty datagram has bytes(), of the size 0.
  [[nodiscard]] const received_buffer& bytes() const noexcept { return bytes_; }
  /// Whether it was longer than a receive buffer: the rest is lost.
  [[nodiscard]] bool truncated() const noexcept { return bytes_.piece()->truncated; }
  /// Who has sent it, as one of Asio's endpoints. A UNIX socket without a name has none: the endpoint is empty.
  template <class Endpoint>
  [[nodiscard]] Endpoint sender() const {
    return detail::endpoint_of<Endpoint>(bytes_.piece()->sender, bytes_.piece()->sender_length);
  }

  /// For the library.
  explicit datagram(received_buffer bytes) noexcept : bytes_(std::move(bytes)) {}

 private:
  received_buffer bytes_;
};

} // namespace shardbridge
