#pragma once

#include "../common/descriptor.hpp"
#include "setting.hpp"

#include <shardbridge/latency_histogram.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shardbridge::bench {

/// What a client saw.
struct client_account {
  std::uint64_t requests = 0;
  double seconds = 0;
  latency_histogram trips; ///< From before requests are sent together until all their answers are there.
};

/// Connections that send requests, wait for their answers, look whether they are right, and send again: on one thread,
/// with as little in between as there can be.
class echo_client {
 public:
  /// Connects over the loopback. Throws run_failure.
  echo_client(std::uint16_t port, const echo_setting& what);

  /// Until the time is over and everything is answered. Throws run_failure where the server does not answer, or
  /// something else than it was sent.
  client_account run(double seconds);

 private:
  struct connection {
    unique_descriptor socket;
    std::size_t answered = 0; ///< bytes, of those that are outstanding
    std::int64_t sent_at = 0; ///< nanoseconds; 0: nothing is outstanding
  };

  void send(connection& over, std::int64_t now);
  void take(connection& from, client_account& into, std::int64_t end);

  const echo_setting what_;
  std::vector<char> question_;
  std::vector<char> answer_;
  unique_descriptor events_;
  std::vector<connection> connections_;
  std::size_t outstanding_ = 0; ///< connections
};

} // namespace shardbridge::bench
