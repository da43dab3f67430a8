#include "runner.hpp"

#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../common/progress.hpp"
#include "summary.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace shardbridge::bench {
namespace {

struct contestant {
  const engine_plan* plan;
  std::unique_ptr<engine> running;
  std::vector<round_result> rounds;
};

class offload_run {
 public:
  offload_run(const offload_options& options, const std::vector<engine_plan>& plans, const target_file& file,
              const std::function<void(const std::string&)>& remark)
      : options_(options), plans_(plans), file_(file), remark_(remark), bar_("measuring", options.quiet) {
    const workload what = workload_at(options.depths.front(), 0);
    if (what.needs_ledger()) ledger_ = std::make_unique<block_ledger>(block_ledger::create(what.blocks()));
  }

  run_outcome run() {
    for (const unsigned depth : options_.depths) {
      if (interrupted()) break;
      run_depth(depth);
    }
    return std::move(outcome_);
  }

 private:
  workload workload_at(unsigned depth, std::size_t engine_index) const {
    workload what = options_.base;
    what.path = file_.path;
    what.size = file_.size;
    what.depth = depth;
    // Each engine visits blocks in an order of its own, so that none finds what another has warmed.
    what.seed = mix(mix(options_.base.seed) + engine_index);
    return what;
  }

  void run_depth(unsigned depth) {
    std::vector<contestant> contestants = set_up(depth);
    warm_up(contestants);
    for (unsigned round = 0; round != options_.rounds && !interrupted(); ++round) {
      for (std::size_t i = 0; i != contestants.size() && !interrupted(); ++i) {
        contestant& next = contestants[(i + round) % contestants.size()];
        const auto step = depths_done_ * options_.rounds * contestants.size() + round * contestants.size() + i;
        const auto steps = options_.depths.size() * options_.rounds * contestants.size();
        bar_.update(static_cast<double>(step) / static_cast<double>(steps),
                    "depth " + std::to_string(depth) + ", round " + std::to_string(round + 1) + " of " +
                        std::to_string(options_.rounds) + ", " + next.plan->label());
        keep(next, next.running->run_round(options_.seconds));
      }
    }
    for (const auto& done : contestants)
      if (!done.rounds.empty()) outcome_.rows.push_back(summarize(options_, *done.plan, depth, done.rounds));
    ++depths_done_;
  }

  std::vector<contestant> set_up(unsigned depth) {
    const signals_blocked guard;
    std::vector<contestant> contestants;
    for (std::size_t i = 0; i != plans_.size(); ++i) {
      try {
        contestants.push_back({&plans_[i], plans_[i].make(workload_at(depth, i), ledger_.get()), {}});
      } catch (const std::exception& reason) {
        if (options_.engines_chosen) throw;
        if (depths_done_ == 0) say("engine " + plans_[i].label() + " is left out: " + reason.what());
      }
    }
    if (contestants.empty()) throw run_failure("none of the engines works here");
    return contestants;
  }

  void warm_up(std::vector<contestant>& contestants) {
    const double seconds = std::min(0.2, options_.seconds / 2);
    for (auto& each : contestants) {
      if (interrupted()) return;
      take_incidents(each, each.running->run_round(seconds).totals);
    }
  }

  void keep(contestant& from, round_result result) {
    take_incidents(from, result.totals);
    // A round that the user cut short says little beside whole ones.
    if (interrupted() && (!from.rounds.empty() || result.totals.operations == 0)) return;
    from.rounds.push_back(std::move(result));
  }

  void take_incidents(const contestant& from, const account& totals) {
    outcome_.errors += totals.errors;
    outcome_.wrong_blocks += totals.wrong_blocks;
    for (const auto& sentence : totals.messages)
      if (outcome_.messages.size() < 5) outcome_.messages.push_back(from.plan->label() + ": " + sentence);
  }

  void say(const std::string& sentence) {
    bar_.clear();
    remark_(sentence);
  }

  const offload_options& options_;
  const std::vector<engine_plan>& plans_;
  const target_file& file_;
  const std::function<void(const std::string&)>& remark_;
  progress bar_;
  std::unique_ptr<block_ledger> ledger_;
  std::size_t depths_done_ = 0;
  run_outcome outcome_;
};

} // namespace

run_outcome run_offload(const offload_options& options, const std::vector<engine_plan>& plans, const target_file& file,
                        const std::function<void(const std::string&)>& remark) {
  return offload_run(options, plans, file, remark).run();
}

} // namespace shardbridge::bench
