#include "worker.hpp"

#include "http_date.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace http_file_server {
namespace {

/// How often slow clients are looked for: a quarter of the shortest limit, so that none is overdrawn by more.
std::chrono::nanoseconds sweep_period(const options& from) {
  const auto shortest = std::min({from.idle_timeout, from.header_timeout, from.send_timeout});
  return std::clamp<std::chrono::nanoseconds>(shortest / 4, std::chrono::milliseconds(5), std::chrono::seconds(1));
}

} // namespace

worker::worker(const shared_parts& with)
    : shared(with), disk(context, with.threads, with.options, with.root), work_(context.get_executor()),
      sweep_(context) {}

void worker::stop(std::function<void()> drained) {
  asio::post(context, [this, drained = std::move(drained)]() mutable {
    stopping_ = true;
    drained_ = std::move(drained);
    for (client& each : clients_)
      if (each.idle) each.hang_up();
    drained_if_empty();
  });
}

void worker::hang_up() {
  asio::post(context, [this] {
    for (client& each : clients_)
      each.hang_up();
  });
}

clients::iterator worker::enter(tcp_socket socket) {
  counters.accepted.add(1);
  boost::system::error_code unknown;
  std::string address = socket.remote_endpoint(unknown).address().to_string();
  clients_.push_front(client{.socket = std::move(socket), .address = std::move(address)});
  if (!sweeping_) {
    sweeping_ = true;
    asio::co_spawn(context, expire_clients(), asio::detached);
  }
  return clients_.begin();
}

void worker::leave(clients::iterator which) noexcept {
  if (which->timed_out) counters.timed_out.add(1);
  connections.fetch_sub(1, std::memory_order_relaxed);
  clients_.erase(which);
  drained_if_empty();
}

const std::string& worker::date() {
  const std::int64_t now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
  if (now != seconds_) {
    seconds_ = now;
    date_ = http_date(now);
  }
  return date_;
}

// It ends with the last connection, so that an idle server has no ticks.
awaitable<> worker::expire_clients() {
  while (!clients_.empty()) {
    sweep_.expires_after(sweep_period(shared.options));
    co_await sweep_.async_wait(as_tuple);
    expire(clients_, client::clock::now());
  }
  sweeping_ = false;
}

void worker::drained_if_empty() {
  if (!stopping_ || !clients_.empty()) return;
  sweep_.cancel();
  work_.reset();
  if (drained_) std::exchange(drained_, nullptr)();
}

} // namespace http_file_server
