#pragma once

#include "counted.hpp"
#include "instant_kernel.hpp"

#include <shard_side/shard_loop.hpp>

#include <chrono>
#include <cstddef>
#include <deque>

namespace shardbridge::bench {

/// The loop of a shard, of which this thread makes the turns. It looks for nothing before it sleeps: for how long it
/// would is a matter of time.
class stepped_shard {
 public:
  explicit stepped_shard(std::deque<detail::shard_port>& ports, std::size_t index = 0)
      : port_(ports[index]), loop_(ports, kernel_, {.spin = std::chrono::nanoseconds(0)}, index, counters_) {}
  ~stepped_shard() {
    port_.request_stop();
    while (loop_.turn()) {
    }
  }
  stepped_shard(const stepped_shard&) = delete;
  stepped_shard& operator=(const stepped_shard&) = delete;

  void turn() { require(loop_.turn(), "the shard goes on"); }
  [[nodiscard]] std::int64_t now() noexcept { return kernel_.now(); }

 private:
  detail::shard_port& port_;
  instant_kernel kernel_;
  detail::loop_counters counters_;
  detail::shard_loop loop_;
};

} // namespace shardbridge::bench
