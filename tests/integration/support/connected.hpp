// Goal: the two ends of a connection on a shard. Method: TCP over the loopback, accepted and connected by the shard.
#pragma once

#include "on_shard.hpp"

namespace shardbridge::tests {

using asio::ip::tcp;

inline tcp::endpoint any_port() {
  return {asio::ip::address_v4::loopback(), 0};
}

struct connected {
  shard_socket ours, theirs;
};

inline task<connected> connect_both(shard& on) {
  const shard_listener listener = on.listen(any_port());
  connected made;
  made.theirs = co_await on.connect(listener.local_endpoint<tcp::endpoint>());
  made.ours = co_await on.accept(listener);
  co_return made;
}

inline std::string text_of(const received_buffer& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Into the shard's memory, until there are so many bytes or the stream ends.
inline task<std::string> receive(shard& on, const shard_socket& from, std::size_t bytes = SIZE_MAX) {
  std::string all;
  while (all.size() < bytes) {
    const received_buffer some = co_await on.recv(from);
    if (some.empty()) break;
    all += text_of(some);
  }
  co_return all;
}

/// A text in which no two pieces are the same.
inline std::string long_text(std::size_t bytes) {
  std::string made;
  for (int number = 0; made.size() < bytes; ++number)
    made += std::to_string(number) + ' ';
  made.resize(bytes);
  return made;
}

} // namespace shardbridge::tests
