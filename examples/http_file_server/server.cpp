#include "server.hpp"

#include "access_log.hpp"
#include "disk.hpp"
#include "listener.hpp"
#include "metrics_page.hpp"
#include "net.hpp"
#include "stop_sequence.hpp"
#include "unique_fd.hpp"
#include "workers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <optional>

#include <fcntl.h>

namespace http_file_server {
namespace {

unique_fd open_root(const std::string& path) {
  unique_fd out(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!out) throw bad_option("the root '" + path + "' cannot be opened: " + std::strerror(errno));
  return out;
}

/// Workers and what they share, and the way all of it ends.
class server {
 public:
  /// Listens, and takes signals from now on.
  explicit server(const options& from);

  [[nodiscard]] std::string url() const { return listener_.url(); }

  void run();

 private:
  awaitable<> wait_for_signals();
  void happened(stop_sequence::event what);

  const options options_;
  unique_fd root_;
  std::optional<access_log> log_;
  shardbridge::buffer_pool buffers_;
  disk_threads threads_;
  metrics_page metrics_;
  workers workers_;
  listener listener_;
  asio::basic_signal_set<executor> signals_;
  timer grace_;
  stop_sequence stopping_;
};

server::server(const options& from)
    : options_(from), root_(open_root(from.root)),
      buffers_({.bytes = from.buffer_bytes, .largest = std::size_t{64} << 10}), threads_(from),
      workers_({options_, threads_, buffers_, metrics_, log_, root_.get()}, metrics_), listener_(workers_, options_),
      signals_(workers_.first(), SIGTERM, SIGINT), grace_(workers_.first()), stopping_(workers_.size()) {
  if (!from.access_log.empty()) {
    log_.emplace(from.access_log);
    metrics_.add(*log_);
  }
  metrics_.add(threads_);
}

void server::run() {
  asio::co_spawn(workers_.first(), listener_.accept(), asio::detached);
  asio::co_spawn(workers_.first(), wait_for_signals(), asio::detached);
  workers_.run();
}

awaitable<> server::wait_for_signals() {
  using enum stop_sequence::event;
  while (!stopping_.ended()) {
    co_await signals_.async_wait(as_tuple);
    happened(signal);
  }
}

void server::happened(stop_sequence::event what) {
  using enum stop_sequence::event;
  switch (stopping_.on(what)) {
  case stop_sequence::action::none:
    break;
  case stop_sequence::action::drain:
    listener_.close();
    workers_.stop([this] { happened(drained); });
    grace_.expires_after(options_.grace);
    grace_.async_wait([this](const boost::system::error_code& failed) {
      if (!failed) happened(grace_over);
    });
    break;
  case stop_sequence::action::hang_up: // and shards answer what is still at the disk
    workers_.hang_up();
    if (threads_.readers) threads_.readers->stop();
    if (threads_.openers) threads_.openers->stop();
    break;
  case stop_sequence::action::end:
    grace_.cancel();
    signals_.cancel();
    break;
  }
}

} // namespace

void serve(const options& with, const std::function<void(const std::string& url)>& listening) {
  server serving(with);
  listening(serving.url());
  serving.run();
}

} // namespace http_file_server
