#include "shard_server.hpp"

#include "info_text.hpp"
#include "server_parts.hpp"
#include "shard_front.hpp"

#include <shardbridge/async_call.hpp>
#include <shardbridge/bridge.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <memory>

#include <unistd.h>

namespace kv_server {
namespace {

using shardbridge::shard;
using shardbridge::task;

/// The shards do the work; this thread starts and stops them.
class shard_server {
 public:
  explicit shard_server(const options& from);
  ~shard_server() {
    std::error_code ignored;
    if (listens_unix_) std::filesystem::remove(options_.unix_socket, ignored);
  }

  [[nodiscard]] std::string where() const { return address_text(options_, port_); }
  void run();

 private:
  void listen(std::size_t index);
  [[nodiscard]] task<> serve(shard& on);
  void wait_for_signal();
  /// Threads: the one that runs the context.
  void stop();
  void tell_all(void (shard_front::*what)());
  [[nodiscard]] std::string info(const store_numbers& store, std::string_view section) const;

  const options options_;
  const session_limits limits_;
  stores stores_;
  std::deque<front_counters> counters_;
  front_parts parts_;
  std::vector<std::unique_ptr<shard_front>> fronts_; ///< each is its shard's
  boost::asio::io_context context_{1};
  shardbridge::bridge bridge_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer grace_;
  std::uint16_t port_ = 0;
  bool listens_unix_ = false;
  bool stopping_ = false;
  std::size_t ended_ = 0;
  std::exception_ptr failed_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

shard_server::shard_server(const options& from)
    : options_(from), limits_(limits_of(from)), stores_(from), counters_(from.shards),
      parts_{.options = options_, .limits = limits_, .stores = stores_, .all = counters_}, fronts_(from.shards),
      bridge_(context_, stores_.group()), signals_(context_, SIGTERM, SIGINT), grace_(context_) {
  port_ = from.port;
  for (std::size_t index = 0; index != fronts_.size(); ++index)
    listen(index);
  parts_.settings = settings_of(options_, limits_, port_);
  parts_.shut_down = [this] { boost::asio::post(context_, [this] { stop(); }); };
  parts_.info = [this](const store_numbers& store, std::string_view section) { return info(store, section); };
}

// If one cannot, those that do are closed on their shards, by the tasks that are ended there.
void shard_server::listen(std::size_t index) {
  const auto make = [this](shard& on) {
    auto made = std::make_unique<shard_front>(on, parts_);
    if (!options_.address.empty()) port_ = made->listen_tcp(port_);
    if (on.index() == 0 && !options_.unix_socket.empty()) {
      made->listen_unix();
      listens_unix_ = true;
    }
    fronts_[on.index()] = std::move(made);
  };
  std::exception_ptr failed;
  shardbridge::async_call(bridge_, index, make, [&failed](std::exception_ptr told) { failed = std::move(told); });
  context_.run();
  context_.restart();
  if (!failed) return;
  for (std::size_t each = 0; each != index; ++each)
    shardbridge::async_call(
        bridge_, each, [this](shard& on) { fronts_[on.index()].reset(); }, boost::asio::detached);
  context_.run();
  std::rethrow_exception(failed);
}

task<> shard_server::serve(shard& on) {
  co_await fronts_[on.index()]->run();
  fronts_[on.index()].reset();
}

void shard_server::run() {
  for (std::size_t index = 0; index != fronts_.size(); ++index)
    shardbridge::async_call(
        bridge_, index, [this](shard& on) { return serve(on); },
        [this](std::exception_ptr told) {
          if (told) failed_ = std::move(told);
          if (++ended_ != fronts_.size()) return;
          grace_.cancel();
          signals_.cancel();
        });
  wait_for_signal();
  context_.run();
  stores_.close();
  if (failed_) std::rethrow_exception(failed_);
}

void shard_server::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& failed, int) {
    if (failed || ended_ == fronts_.size()) return;
    stop();
    wait_for_signal();
  });
}

void shard_server::stop() {
  if (stopping_) return tell_all(&shard_front::hang_up);
  stopping_ = true;
  tell_all(&shard_front::stop);
  grace_.expires_after(options_.grace);
  grace_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) stop();
  });
}

void shard_server::tell_all(void (shard_front::*what)()) {
  for (std::size_t index = 0; index != fronts_.size(); ++index) {
    const auto tell = [this, what](shard& on) {
      if (fronts_[on.index()]) (*fronts_[on.index()].*what)();
    };
    shardbridge::async_call(bridge_, index, tell, boost::asio::detached);
  }
}

std::string shard_server::info(const store_numbers& store, std::string_view section) const {
  const auto up = std::chrono::steady_clock::now() - began_;
  server_numbers all{.form = "shards",
                     .process = ::getpid(),
                     .port = port_,
                     .uptime_seconds = std::chrono::floor<std::chrono::seconds>(up).count(),
                     .threads = options_.shards,
                     .shards = options_.shards,
                     .max_clients = options_.max_clients,
                     .store = store};
  for (const front_counters& each : counters_) {
    all.connections += each.accepted.get();
    all.rejected += each.rejected.get();
    all.clients += each.served.connections.load(std::memory_order_relaxed);
    all.commands += each.served.commands.get();
    all.input_bytes += each.served.input_bytes.get();
    all.output_bytes += each.served.output_bytes.get();
  }
  return info_text(all, section);
}

} // namespace

void serve_on_shards(const options& with, const std::function<void(const std::string& where)>& listening) {
  shard_server serving(with);
  listening(serving.where());
  serving.run();
}

} // namespace kv_server
