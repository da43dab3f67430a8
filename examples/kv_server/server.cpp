#include "server.hpp"

#include "info_text.hpp"
#include "listener.hpp"
#include "server_parts.hpp"
#include "shard_server.hpp"
#include "stores.hpp"
#include "worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include <unistd.h>

namespace kv_server {
namespace {

class server {
 public:
  explicit server(const options& from);

  [[nodiscard]] std::string where() const { return listener_->where(); }
  void run();

 private:
  awaitable<> wait_for_signals();
  /// Threads: that of the first worker.
  void stop();
  [[nodiscard]] std::string info(const store_numbers& store, std::string_view section) const;

  const options options_;
  const session_limits limits_;
  stores stores_;
  shared_parts shared_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::unique_ptr<listener> listener_;
  asio::basic_signal_set<executor> signals_;
  timer grace_;
  std::size_t drained_ = 0;
  bool stopping_ = false;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

std::vector<std::unique_ptr<worker>> make_workers(const shared_parts& shared) {
  std::vector<std::unique_ptr<worker>> out;
  for (std::size_t i = 0; i != shared.options.threads; ++i)
    out.push_back(std::make_unique<worker>(shared));
  return out;
}

server::server(const options& from)
    : options_(from), limits_(limits_of(from)), stores_(from),
      shared_{.options = options_, .limits = limits_, .stores = stores_}, workers_(make_workers(shared_)),
      listener_(std::make_unique<listener>(workers_, options_)), signals_(workers_.front()->context, SIGTERM, SIGINT),
      grace_(workers_.front()->context) {
  shared_.settings = settings_of(options_, limits_, listener_->port());
  shared_.shut_down = [this] { asio::post(workers_.front()->context, [this] { stop(); }); };
  shared_.info = [this](const store_numbers& store, std::string_view section) { return info(store, section); };
}

void server::run() {
  listener_->start();
  asio::co_spawn(workers_.front()->context, wait_for_signals(), asio::detached);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i != workers_.size(); ++i)
    others.emplace_back([one = workers_[i].get()] { one->context.run(); });
  workers_.front()->context.run();
  others.clear();
  stores_.close();
}

awaitable<> server::wait_for_signals() {
  while (drained_ != workers_.size()) {
    const auto [failed, number] = co_await signals_.async_wait(as_tuple);
    if (!failed) stop();
  }
}

void server::stop() {
  if (stopping_) {
    for (const auto& each : workers_)
      each->hang_up();
    return;
  }
  stopping_ = true;
  listener_->close();
  grace_.expires_after(options_.grace);
  grace_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) stop();
  });
  for (const auto& each : workers_)
    each->stop([this] {
      asio::post(workers_.front()->context, [this] {
        if (++drained_ != workers_.size()) return;
        grace_.cancel();
        signals_.cancel();
      });
    });
}

std::string server::info(const store_numbers& store, std::string_view section) const {
  const auto up = std::chrono::steady_clock::now() - began_;
  server_numbers all{.form = "asio",
                     .process = ::getpid(),
                     .port = listener_->port(),
                     .uptime_seconds = std::chrono::floor<std::chrono::seconds>(up).count(),
                     .threads = options_.threads,
                     .shards = options_.shards,
                     .max_clients = options_.max_clients,
                     .connections = listener_->accepted(),
                     .rejected = listener_->rejected(),
                     .store = store};
  for (const auto& each : workers_) {
    all.clients += each->counters.connections.load(std::memory_order_relaxed);
    all.commands += each->counters.commands.get();
    all.input_bytes += each->counters.input_bytes.get();
    all.output_bytes += each->counters.output_bytes.get();
  }
  return info_text(all, section);
}

} // namespace

void serve(const options& with, const std::function<void(const std::string& where)>& listening) {
  if (with.network == network::shards) return serve_on_shards(with, listening);
  server serving(with);
  listening(serving.where());
  serving.run();
}

} // namespace kv_server
