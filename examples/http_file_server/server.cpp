#include "server.hpp"

#include "access_log.hpp"
#include "connection.hpp"
#include "metrics_page.hpp"
#include "net.hpp"
#include "worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>

namespace http_file_server {
namespace {

unique_fd open_root(const std::string& path) {
  unique_fd out(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!out) throw bad_option("the root '" + path + "' cannot be opened: " + std::strerror(errno));
  return out;
}

/// Workers and what they share, the socket that listens, and the way all of it ends.
class server {
 public:
  /// Listens.
  explicit server(const options& from);

  [[nodiscard]] std::string url() const;

  void run();

 private:
  [[nodiscard]] std::vector<std::unique_ptr<worker>> make_workers();
  void listen();
  awaitable<> accept();
  awaitable<> wait_for_signals();
  void one_drained();
  void end_now();
  [[nodiscard]] std::size_t connections() const noexcept;
  [[nodiscard]] worker& least_busy() noexcept;
  /// The first worker's, where everything else runs that is not of a connection.
  [[nodiscard]] asio::io_context& control() noexcept { return workers_.front()->context; }

  const options options_;
  unique_fd root_;
  std::optional<access_log> log_;
  shardbridge::buffer_pool buffers_;
  disk_threads threads_;
  metrics_page metrics_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::size_t not_drained_;
  tcp_acceptor acceptor_;
  asio::basic_signal_set<executor> signals_;
  timer pause_;
  timer grace_;
};

server::server(const options& from)
    : options_(from), root_(open_root(from.root)),
      buffers_({.bytes = from.buffer_bytes, .largest = std::size_t{64} << 10}), threads_(from),
      workers_(make_workers()), not_drained_(from.threads), acceptor_(control()), signals_(control()),
      pause_(control()), grace_(control()) {
  if (!from.access_log.empty()) {
    log_.emplace(from.access_log);
    metrics_.add(*log_);
  }
  metrics_.add(threads_);
  listen();
}

std::vector<std::unique_ptr<worker>> server::make_workers() {
  const shared_parts shared{options_, threads_, buffers_, metrics_, log_, root_.get()};
  std::vector<std::unique_ptr<worker>> out;
  for (std::size_t i = 0; i != options_.threads; ++i) {
    out.push_back(std::make_unique<worker>(shared));
    metrics_.add(*out.back());
  }
  return out;
}

void server::listen() {
  boost::system::error_code failed;
  const asio::ip::tcp::endpoint where(asio::ip::make_address(options_.address, failed), options_.port);
  if (failed) throw bad_option("--address takes an IPv4 or IPv6 address, not '" + options_.address + "'");
  try {
    acceptor_.open(where.protocol());
    acceptor_.set_option(tcp_acceptor::reuse_address(true));
    acceptor_.bind(where);
    acceptor_.listen();
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("cannot listen on " + options_.address + " port " + std::to_string(options_.port) + ": " +
                             problem.code().message());
  }
}

std::string server::url() const {
  const auto where = acceptor_.local_endpoint();
  const std::string host = where.address().to_string();
  return "http://" + (where.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(where.port());
}

void server::run() {
  asio::co_spawn(control(), accept(), asio::detached);
  asio::co_spawn(control(), wait_for_signals(), asio::detached);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i != workers_.size(); ++i)
    others.emplace_back([one = workers_[i].get()] { one->context.run(); });
  control().run();
}

awaitable<> server::accept() {
  for (;;) {
    worker& next = least_busy();
    auto [failed, socket] = co_await acceptor_.async_accept(next.context, as_tuple);
    if (!acceptor_.is_open()) co_return;
    if (!failed) {
      next.connections.fetch_add(1, std::memory_order_relaxed);
      asio::co_spawn(next.context, serve_connection(next, std::move(socket)), asio::detached);
    }
    // Without descriptors, as with too many connections, nothing helps but that some end.
    while (failed || connections() >= options_.max_connections) {
      failed = {};
      pause_.expires_after(std::chrono::milliseconds(10));
      co_await pause_.async_wait(as_tuple);
      if (!acceptor_.is_open()) co_return;
    }
  }
}

std::size_t server::connections() const noexcept {
  return std::accumulate(workers_.begin(), workers_.end(), std::size_t{0}, [](std::size_t sum, const auto& each) {
    return sum + each->connections.load(std::memory_order_relaxed);
  });
}

worker& server::least_busy() noexcept {
  const auto load = [](const auto& each) { return each->connections.load(std::memory_order_relaxed); };
  return **std::ranges::min_element(workers_, {}, load);
}

awaitable<> server::wait_for_signals() {
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  co_await signals_.async_wait(as_tuple);
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (const auto& each : workers_)
    each->stop([this] { asio::post(control(), [this] { one_drained(); }); });

  // Whichever comes first: all have drained, the end of the grace, or a second signal.
  grace_.expires_after(options_.grace);
  grace_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) end_now();
  });
  if (const auto [failed, signal] = co_await signals_.async_wait(as_tuple); !failed) end_now();
}

void server::one_drained() {
  if (--not_drained_ != 0) return;
  grace_.cancel();
  signals_.cancel();
}

// Clients are hung up on, and shards answer what is still at the disk.
void server::end_now() {
  for (const auto& each : workers_)
    each->hang_up();
  if (threads_.readers) threads_.readers->stop();
  if (threads_.openers) threads_.openers->stop();
}

} // namespace

void serve(const options& with, const std::function<void(const std::string& url)>& listening) {
  server serving(with);
  listening(serving.url());
  serving.run();
}

} // namespace http_file_server
