#pragma once

#include <bridge/shard_port.hpp>

#include <shardbridge/options.hpp>
#include <shardbridge/stats.hpp>

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace shardbridge::detail {

/// What bridges need of a group of shards, kept alive by them: it outlives the threads.
struct group_core {
  explicit group_core(shard_group_options given) : options(std::move(given)), ports(options.shards) {}
  group_core(const group_core&) = delete;
  group_core& operator=(const group_core&) = delete;
  virtual ~group_core() = default;

  /// One entry a shard, as shard_group::stats(). Any thread. Without threads there are none to tell of.
  [[nodiscard]] virtual std::vector<shard_stats> stats() { return {}; }

  /// Any thread.
  [[nodiscard]] std::size_t nearest_to(int cpu) {
    std::call_once(by_cpu_known_, [this] { by_cpu_ = shards_by_cpu(); });
    const std::size_t known = by_cpu_.size();
    const auto number = static_cast<std::size_t>(cpu);
    return number < known ? by_cpu_[number] : number % ports.size();
  }

  const shard_group_options options;
  std::deque<shard_port> ports;

 private:
  /// By CPU; where nothing is known, none. Throws std::bad_alloc.
  [[nodiscard]] virtual std::vector<std::size_t> shards_by_cpu() const { return {}; }

  std::once_flag by_cpu_known_;
  std::vector<std::size_t> by_cpu_;
};

} // namespace shardbridge::detail
