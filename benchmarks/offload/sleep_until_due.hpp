#pragma once

#include "../common/interrupt.hpp"
#include "block_client.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace shardbridge::bench {

/// How long to sleep at once for an operation that is due then: short enough for an impatient user.
inline bench_clock::duration nap_until(bench_clock::time_point due) {
  return std::clamp<bench_clock::duration>(due - bench_clock::now(), bench_clock::duration::zero(),
                                           std::chrono::milliseconds(50));
}

/// On this thread, until the client's operation is due. False, and the operation is withdrawn, where the user
/// interrupts.
inline bool sleep_until_due(block_client& client) {
  while (client.early()) {
    if (interrupted()) {
      client.withdraw();
      return false;
    }
    std::this_thread::sleep_for(nap_until(client.due()));
  }
  return true;
}

} // namespace shardbridge::bench
