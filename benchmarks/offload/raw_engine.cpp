#include "engines.hpp"

#include "../common/cpus.hpp"
#include "../common/thread_team.hpp"
#include "raw_ring.hpp"
#include "timed_round.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace shardbridge::bench {
namespace {

/// One thread alone goes where the device's interrupts come, which a sleeper is woken by soonest.
std::vector<int> cpus_of(std::size_t threads) {
  return threads == 1 ? std::vector<int>() : usable_cpus();
}

/// A ring for each shard that a bridge would have, each with a thread, several on a CPU of their own each, and the
/// clients shared among them.
class raw_engine final : public engine {
 public:
  raw_engine(const workload& what, block_ledger* ledger)
      : shared_(what, ledger), rings_(std::min(what.shards, what.depth)),
        threads_(rings_.size(), cpus_of(rings_.size())) {
    const auto step = static_cast<unsigned>(rings_.size());
    threads_.run(
        [&](std::size_t i) { rings_[i] = std::make_unique<raw_ring>(shared_, static_cast<unsigned>(i), step); });
  }

  round_result run_round(double seconds) override {
    return timed_round(shared_, seconds, [&] { threads_.run([&](std::size_t i) { rings_[i]->run(); }); });
  }

 private:
  load shared_;
  std::vector<std::unique_ptr<raw_ring>> rings_;
  thread_team threads_;
};

} // namespace

std::unique_ptr<engine> make_raw_engine(const workload& what, block_ledger* ledger) {
  return std::make_unique<raw_engine>(what, ledger);
}

} // namespace shardbridge::bench
