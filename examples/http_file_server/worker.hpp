// One thread of the server: an execution context, the connections it serves, and its ways to the disk.
//
// Threads: everything belongs to the thread that calls run(), but for the constructor, the counters, and what posts.
#pragma once

#include "access_log.hpp"
#include "clients.hpp"
#include "counters.hpp"
#include "disk.hpp"
#include "net.hpp"
#include "options.hpp"

#include <shardbridge/buffer_pool.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace http_file_server {

class metrics_page;

/// What all workers share; it outlives them.
struct shared_parts {
  const http_file_server::options& options;
  disk_threads& threads;
  shardbridge::buffer_pool& buffers;
  const metrics_page& metrics;
  std::optional<access_log>& log;
  int root;
};

class worker {
 public:
  explicit worker(const shared_parts& shared);

  const shared_parts shared;
  asio::io_context context{1};
  http_file_server::disk disk;
  http_file_server::counters counters;
  /// Open, or accepted and on their way here. Counted up by whoever accepts.
  std::atomic<std::size_t> connections{0};

  /// Any thread: idle connections end now, the others behind their response. `drained` is called on the worker's thread
  /// when none is left.
  void stop(std::function<void()> drained);
  /// Any thread: all end now.
  void hang_up();

  [[nodiscard]] const bool& stopping() const noexcept { return stopping_; }

  /// A connection enters at its beginning and leaves at its end.
  clients::iterator enter(tcp_socket socket);
  void leave(clients::iterator which) noexcept;

  /// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second, and the same in seconds.
  [[nodiscard]] const std::string& date();
  [[nodiscard]] std::int64_t seconds() const noexcept { return seconds_; }

 private:
  awaitable<> expire_clients();
  void drained_if_empty();

  asio::executor_work_guard<executor> work_;
  timer sweep_;
  clients clients_;
  bool sweeping_ = false;
  bool stopping_ = false;
  std::function<void()> drained_;
  std::int64_t seconds_ = 0;
  std::string date_;
};

} // namespace http_file_server
