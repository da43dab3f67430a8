#include "worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>

namespace kv_server {
namespace {

constexpr std::chrono::milliseconds sweep_period{250};

/// Each connection has one call a shard at once, so none is refused.
shardbridge::bridge_options bridge_options_of(const options& from) {
  return {.max_waiters = (from.max_clients + 1) * from.shards, .spin = from.spin};
}

} // namespace

worker::worker(const shared_parts& with)
    : shared(with), bridge_(context.get_executor(), with.stores.group(), bridge_options_of(with.options)),
      work_(context.get_executor()), sweep_(context) {}

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

clients::iterator worker::enter(client_socket socket) {
  clients_.push_front(client{.socket = std::move(socket)});
  if (!sweeping_) {
    sweeping_ = true;
    asio::co_spawn(context, expire_clients(), asio::detached);
  }
  return clients_.begin();
}

void worker::leave(clients::iterator which) noexcept {
  counters.connections.fetch_sub(1, std::memory_order_relaxed);
  clients_.erase(which);
  drained_if_empty();
}

awaitable<store_numbers> worker::numbers() {
  store_numbers out;
  for (std::size_t i = 0; i != shared.options.shards; ++i) {
    const auto ask = [this](shardbridge::shard& on) { return shared.stores.at(on.index()).numbers(); };
    const auto [failed, one] = co_await shardbridge::async_call(bridge_, i, ask, as_tuple);
    if (!failed) out.add(one);
  }
  co_return out;
}

// It ends with the last connection, so that an idle server has no ticks.
awaitable<> worker::expire_clients() {
  while (!clients_.empty()) {
    sweep_.expires_after(sweep_period);
    co_await sweep_.async_wait(as_tuple);
    const auto now = client::clock::now();
    for (client& each : clients_)
      if (each.deadline <= now) each.hang_up();
  }
  sweeping_ = false;
}

void worker::drained_if_empty() {
  if (!stopping_ || !clients_.empty()) return;
  sweep_.cancel();
  work_.reset();
  if (drained_) std::exchange(drained_, nullptr)();
}

} // namespace kv_server
