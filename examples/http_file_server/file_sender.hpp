// From a file to a client: the first piece goes out in one write with the head, and from then on each piece is read
// while the one before it is sent.
#pragma once

#include "clients.hpp"
#include "disk.hpp"
#include "net.hpp"
#include "piece_cursor.hpp"

#include <shardbridge/buffer_pool.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace http_file_server {

/// Writes both; false if the client is gone or too slow. `sent` grows by what it took of `content`.
[[nodiscard]] awaitable<bool> write_to(client& to, std::string_view head, std::string_view content,
                                       std::chrono::nanoseconds limit, std::uint64_t& sent);

/// One response's way through a file.
class file_sender {
 public:
  file_sender(disk& from, shardbridge::buffer_pool& buffers, disk_file& file, std::uint64_t first,
              std::uint64_t length);

  /// Before anything is sent, so that a disk that fails can still be told by the status. Returns an errno: EBUSY where
  /// there is no room for more.
  [[nodiscard]] awaitable<int> read_first();

  /// After read_first() has succeeded. False if the client is gone or too slow, or the file could not be read on.
  [[nodiscard]] awaitable<bool> send(client& to, std::string_view head, std::chrono::nanoseconds limit,
                                     std::uint64_t& sent);

 private:
  /// An errno for what was read of a piece; EIO for less than the piece, which is a file that has become shorter.
  [[nodiscard]] static int error_of(const boost::system::error_code& failed, std::size_t bytes, const piece& wanted);
  [[nodiscard]] std::string_view content() const noexcept {
    return {reinterpret_cast<const char*>(memory_.data()) + now_.skip, now_.bytes};
  }

  disk& disk_;
  shardbridge::buffer_pool& buffers_;
  disk_file& file_;
  piece_cursor pieces_;
  piece now_;
  shardbridge::owned_buffer memory_; ///< of the present piece
  shardbridge::owned_buffer spare_;  ///< for the next one
};

} // namespace http_file_server
