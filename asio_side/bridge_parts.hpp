// What a bridge's core is made of.
#pragma once

#include <shardbridge/detail/bridge_core.hpp>

#include <asio_side/cached_reads.hpp>
#include <asio_side/outcome_counts.hpp>
#include <asio_side/reply_role.hpp>
#include <bridge/admission.hpp>
#include <bridge/clock.hpp>
#include <bridge/counter.hpp>
#include <bridge/group_core.hpp>
#include <bridge/latency_sampler.hpp>
#include <bridge/spin_policy.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace shardbridge::detail {

struct bridge_core::parts {
  parts(std::shared_ptr<group_core> joined, const bridge_options& options)
      : group(std::move(joined)), permits(options), replies(std::make_shared<wake_side>()),
        cached(options.cached_reads), sampler(options.sampling), spin(options.spin.count()), max_ops(options.max_ops),
        max_bytes(options.max_bytes) {
    for (shard_port& port : group->ports) {
      connections.push_back(std::make_shared<connection>(wake_pair{port.shared_wake(), replies}, options.max_ops));
      port.attach(connections.back());
    }
  }
  ~parts() {
    for (std::size_t shard = 0; shard < connections.size(); ++shard)
      group->ports[shard].detach(*connections[shard]);
  }

  const std::shared_ptr<group_core> group;
  std::int64_t (*clock)() noexcept = &steady_now; // a test's own in tests
  admission permits;
  const std::shared_ptr<wake_side> replies;
  std::vector<std::shared_ptr<connection>> connections;
  std::atomic<std::uint64_t> completed{0};
  outcome_counts outcomes;
  cached_reads cached;
  latency_sampler sampler;

  // relaxed: numbers, which guard nothing. Two turns: who asks for a file's shard may then place an operation as well,
  // and of a single one each would have every other.
  std::atomic<std::size_t> next_shard{0};  // of files
  std::atomic<std::size_t> next_placed{0}; // of operations

  reply_role role;
  // The holder's, handed on with the role.
  std::size_t first_connection = 0; // of the next look
  std::uint32_t observed = 0;       // what was published when it was last looked at
  std::uint32_t dry_at = 0;         // the same when the lanes were last found dry
  spin_policy spin;
  counter published, sleeps, spurious, rearms, looks_hit, looks_missed, batches;

  /// How long each handler of a batch took, in nanoseconds.
  void handlers_took(std::int64_t each) noexcept {
    const std::int64_t before = last_pace.exchange(each, std::memory_order_relaxed);
    pace.store(std::min(before, each), std::memory_order_relaxed);
  }
  // Of the quicker of the last two batches: a thread that loses its core in the middle of one says nothing about
  // handlers. Hints.
  std::atomic<std::int64_t> pace{0};
  std::atomic<std::int64_t> last_pace{0};

  /// Of equals the first one from `first` on.
  [[nodiscard]] std::size_t least_loaded(std::size_t first) const noexcept {
    std::size_t best = first;
    std::size_t least = group->ports[first].load();
    for (std::size_t each = 1; each < connections.size() && least > 0; ++each) {
      const std::size_t shard = (first + each) % connections.size();
      const std::size_t load = group->ports[shard].load();
      if (load < least) best = shard;
      least = std::min(least, load);
    }
    return best;
  }

  const std::uint64_t max_ops;
  const std::uint64_t max_bytes;

  std::mutex levels;
  pressure_level told_level = pressure_level::normal; // to the shards; under the lock

  std::mutex timer;
  std::int64_t timer_at = never; // under the lock
};

} // namespace shardbridge::detail
