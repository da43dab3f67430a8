#pragma once

#include "block_client.hpp"
#include "round.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace shardbridge::bench {

/// A way to get blocks read and written. Everything is set up by the constructor; between rounds an engine sleeps.
class engine {
 public:
  engine() = default;
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  virtual ~engine() = default;

  /// Runs all clients until the time is over or the user interrupts, and returns when the last operation has ended.
  /// Then once more, shorter, to count system calls where that is possible.
  virtual round_result run_round(double seconds) = 0;
};

/// An engine that could be made: the same one is made anew for each case.
struct engine_plan {
  std::string name;                     ///< As in the JSON.
  std::optional<unsigned> pool_threads; ///< Of the pool.
  bool deadlines = false;               ///< Whether --timeout means something to it.
  bool cancels = false;                 ///< Whether --cancel means something to it.
  bool threads_of_shards = false;       ///< Whether its clients have a thread for each shard, whatever is asked for.
  std::function<std::unique_ptr<engine>(const workload&, block_ledger*)> make;

  std::string label() const { return pool_threads ? name + " of " + std::to_string(*pool_threads) : name; }
};

} // namespace shardbridge::bench
