// Goal and method: see kill_load.hpp.
#include "kill_load.hpp"

#include "server_run.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>

namespace kv_server {
namespace {

constexpr std::size_t client_count = 6;
constexpr std::size_t keys_of_each = 200;
constexpr std::size_t pipelined = 16;

/// Every fifth step deletes the key.
bool deletes(std::uint64_t step) {
  return step % 5 == 0;
}

} // namespace

kill_load::kill_load(std::string data, std::vector<std::string> arguments, std::uint64_t seed)
    : data_(std::move(data)), arguments_(std::move(arguments)), random_(seed),
      clients_(client_count, std::vector<key_state>(keys_of_each)) {}

kill_load::report kill_load::run(std::size_t kills) {
  auto server = std::make_unique<server_run>(data_, arguments_);
  for (std::size_t i = 0; i != kills; ++i) {
    std::vector<std::thread> loads;
    for (std::size_t client = 0; client != client_count; ++client)
      loads.emplace_back(&kill_load::load, this, client, server->port(), random_());
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random_() % 280));
    const std::string compacted = server->info("compacted_segments");
    report_.compacted_segments += compacted.empty() ? 0 : std::stoull(compacted);
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 20'000));
    server->signal(SIGKILL);
    for (std::thread& each : loads)
      each.join();
    server->wait();
    server.reset();
    ++report_.kills;
    server = std::make_unique<server_run>(data_, arguments_);
    report_.torn_bytes += std::stoull(server->info("recovered_torn_bytes"));
    check(server->port());
  }
  return report_;
}

void kill_load::load(std::size_t client, std::uint16_t port, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<key_state>& keys = clients_[client];
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const raw_client connection(port);
  std::string replies;
  for (;;) {
    std::shuffle(order.begin(), order.end(), random);
    std::string commands;
    for (std::size_t i = 0; i != pipelined; ++i) {
      const std::uint64_t step = ++keys[order[i]].sent;
      const std::string key = key_of(client, order[i]);
      commands += deletes(step) ? resp({"DEL", key})
                                : resp({"SET", key, std::to_string(step) + std::string(random() % 300, '.')});
    }
    if (!connection.send(commands)) return;
    for (std::size_t i = 0; i != pipelined; ++i) {
      while (replies.find('\n') == replies.npos) {
        const std::string more = connection.read();
        if (more.empty()) return;
        replies += more;
      }
      if (replies.front() == '-') return; // it is checked as if it might have been done
      keys[order[i]].acknowledged = keys[order[i]].sent;
      keys[order[i]].first_behind = keys[order[i]].sent + 1;
      replies.erase(0, replies.find('\n') + 1);
    }
  }
}

void kill_load::check(std::uint16_t port) {
  const raw_client connection(port);
  for (std::size_t client = 0; client != clients_.size(); ++client) {
    for (std::size_t i = 0; i != keys_of_each; ++i) {
      key_state& key = clients_[client][i];
      connection.send(resp({"GET", key_of(client, i)}));
      std::string reply = connection.read();
      while (!reply.starts_with("$-1\r\n") && std::ranges::count(reply, '\n') < 2) {
        const std::string more = connection.read();
        if (more.empty()) break;
        reply += more;
      }
      const bool there = reply.starts_with('$') && !reply.starts_with("$-1");
      const std::uint64_t value = there ? std::stoull(reply.substr(reply.find('\n') + 1)) : 0;
      // The step that left it so.
      const auto left_by = [&](std::uint64_t step) { return there ? value == step : step == 0 || deletes(step); };
      std::uint64_t step = key.acknowledged;
      if (!left_by(step))
        for (step = key.first_behind; step <= key.sent && !left_by(step); ++step) {
        }
      if (!left_by(step) || (step > key.sent && step != key.acknowledged))
        report_.losses.push_back(key_of(client, i) + " is " + (there ? std::to_string(value) : reply.substr(0, 60)) +
                                 ", acknowledged was " + std::to_string(key.acknowledged) + ", sent " +
                                 std::to_string(key.sent));
      report_.acknowledged += key.acknowledged != 0 && key.first_behind == key.acknowledged + 1 ? 1 : 0;
      ++report_.checked;
      key.acknowledged = step;
      key.first_behind = key.sent + 1;
    }
  }
}

std::string kill_load::key_of(std::size_t client, std::size_t number) const {
  return "client" + std::to_string(client) + ":" + std::to_string(number);
}

} // namespace kv_server
