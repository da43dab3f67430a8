#include "file_sender.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace http_file_server {
namespace {

constexpr std::size_t piece_size = std::size_t{64} << 10;
/// Of direct reads: what nearly every device takes.
constexpr std::size_t direct_alignment = 4096;

std::array<asio::const_buffer, 2> gather(std::string_view head, std::string_view content) noexcept {
  return {asio::buffer(head), asio::buffer(content)};
}

} // namespace

awaitable<bool> write_to(client& to, std::string_view head, std::string_view content, std::chrono::nanoseconds limit,
                         std::uint64_t& sent) {
  to.wait_for(limit);
  const auto [failed, bytes] = co_await asio::async_write(to.socket, gather(head, content), as_tuple);
  to.waited();
  sent += bytes - std::min(bytes, head.size());
  co_return !failed;
}

file_sender::file_sender(disk& from, shardbridge::buffer_pool& buffers, disk_file& file, std::uint64_t first,
                         std::uint64_t length)
    : disk_(from), buffers_(buffers), file_(file),
      pieces_(first, length, piece_size, file.facts.direct ? direct_alignment : 1), now_(pieces_.next()) {}

int file_sender::error_of(const boost::system::error_code& failed, std::size_t bytes, const piece& wanted) {
  if (failed && failed != asio::error::eof) return errno_of(failed);
  return bytes < wanted.skip + wanted.bytes ? EIO : 0;
}

awaitable<int> file_sender::read_first() {
  auto room = disk_.try_acquire(now_.length);
  memory_ = buffers_.try_allocate(now_.length);
  if (!room || !memory_) co_return EBUSY;
  disk_.adopt(file_);
  if (file_.facts.error != 0) co_return file_.facts.error;
  auto [failed, bytes, memory] = co_await disk_.async_read(file_, now_.offset, std::move(memory_), &*room, as_tuple);
  memory_ = std::move(memory);
  co_return error_of(failed, bytes, now_);
}

awaitable<bool> file_sender::send(client& to, std::string_view head, std::chrono::nanoseconds limit,
                                  std::uint64_t& sent) {
  while (!pieces_.done()) {
    const piece next = pieces_.next();
    if (!spare_) spare_ = buffers_.try_allocate(piece_size);
    boost::system::error_code failed;
    std::size_t bytes = 0;
    if (spare_) {
      spare_.resize(next.length);
      to.wait_for(limit);
      auto [order, not_written, written, not_read, read, memory] =
          co_await asio::experimental::make_parallel_group(
              asio::async_write(to.socket, gather(head, content()), asio::deferred),
              disk_.async_read(file_, next.offset, std::move(spare_), nullptr, asio::deferred))
              .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable_t<executor>());
      to.waited();
      sent += written - std::min(written, head.size());
      if (not_written) co_return false;
      std::tie(failed, bytes) = std::pair(not_read, read);
      spare_ = std::exchange(memory_, std::move(memory));
    } else { // no memory to read ahead
      if (!co_await write_to(to, head, content(), limit, sent)) co_return false;
      memory_.resize(next.length);
      auto [not_read, read, memory] =
          co_await disk_.async_read(file_, next.offset, std::move(memory_), nullptr, as_tuple);
      std::tie(failed, bytes) = std::pair(not_read, read);
      memory_ = std::move(memory);
    }
    head = {};
    now_ = next;
    if (error_of(failed, bytes, now_) != 0) co_return false;
  }
  // As write_to(), whose coroutine is spared: most files are of one piece.
  to.wait_for(limit);
  const auto [failed, bytes] = co_await asio::async_write(to.socket, gather(head, content()), as_tuple);
  to.waited();
  sent += bytes - std::min(bytes, head.size());
  co_return !failed;
}

} // namespace http_file_server
