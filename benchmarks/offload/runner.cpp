#include "runner.hpp"

#include "../common/contest.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../common/page_cache.hpp"
#include "summary.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace shardbridge::bench {
namespace {

/// Begins every round with so much of the file in the page cache.
class engine_on_cached_file final : public engine {
 public:
  engine_on_cached_file(std::unique_ptr<engine> inner, const workload& what) : inner_(std::move(inner)), what_(what) {}

  round_result run_round(double seconds) override {
    cache_share(what_.path, what_.size, *what_.cached_percent);
    return inner_->run_round(seconds);
  }

 private:
  const std::unique_ptr<engine> inner_;
  const workload what_;
};

class offload_run {
 public:
  offload_run(const offload_options& options, const std::vector<engine_plan>& plans, const target_file& file,
              const std::function<void(const std::string&)>& remark)
      : options_(options), plans_(plans), file_(file),
        contest_(
            {.seconds = options.seconds,
             .rounds = options.rounds,
             .settings = options.cases.size(),
             .engines_chosen = options.engines_chosen,
             .quiet = options.quiet},
            plans, [this](const engine_plan& plan, const round_result& round) { take_incidents(plan, round.totals); },
            remark) {
    const workload what = workload_in(options.cases.front(), 0, 0);
    if (what.needs_ledger()) ledger_ = std::make_unique<block_ledger>(block_ledger::create(what.blocks()));
  }

  run_outcome run() {
    for (const load_case& setting : options_.cases) {
      if (interrupted()) break;
      const double rate = rate_in(setting);
      const auto make = [&](const engine_plan& plan, std::size_t index) -> std::unique_ptr<engine> {
        if (plan.threads_of_shards && !measures_threads_of_shards(setting, options_.cases)) return nullptr;
        return make_engine(plan, workload_in(setting, index, rate));
      };
      for (const auto& done : contest_.run(describe(setting, options_.cases), make))
        outcome_.rows.push_back(summarize(options_, *done.plan, setting, done.rounds));
    }
    return std::move(outcome_);
  }

 private:
  std::unique_ptr<engine> make_engine(const engine_plan& plan, const workload& what) {
    auto made = plan.make(what, ledger_.get());
    if (what.cached_percent) made = std::make_unique<engine_on_cached_file>(std::move(made), what);
    return made;
  }

  /// Operations a second; 0 in a closed loop.
  double rate_in(const load_case& setting) {
    const auto value = static_cast<double>(setting.rate.value);
    return setting.rate.percent ? value / 100 * closed_loop_rate(setting) : value;
  }

  /// Of the first engine that works here.
  double closed_loop_rate(const load_case& setting) {
    for (const engine_plan& plan : plans_) {
      std::unique_ptr<engine> measured;
      try {
        const signals_blocked guard;
        measured = make_engine(plan, workload_in(setting, 0, 0));
      } catch (const std::exception&) {
        if (options_.engines_chosen || &plan == &plans_.back()) throw;
        continue; // which the contest tells
      }
      measured->run_round(std::min(0.2, options_.seconds / 2));
      const round_result round = measured->run_round(options_.seconds);
      take_incidents(plan, round.totals);
      if (round.operations() == 0) throw run_failure("--rate: " + plan.label() + " did nothing to take a share of");
      return round.iops();
    }
    return 0;
  }

  workload workload_in(const load_case& setting, std::size_t engine_index, double rate) const {
    workload what = options_.base;
    what.path = file_.path;
    what.block = setting.block;
    what.size = file_.size / setting.block * setting.block;
    what.shards = setting.shards;
    what.client_threads = setting.client_threads;
    what.depth = setting.depth;
    what.rate = rate;
    // Each engine visits blocks in an order of its own, so that none finds what another has warmed.
    what.seed = mix(mix(options_.base.seed) + engine_index);
    return what;
  }

  void take_incidents(const engine_plan& plan, const account& totals) {
    outcome_.went_wrong.errors += totals.errors;
    outcome_.went_wrong.wrong_blocks += totals.wrong_blocks;
    for (const auto& sentence : totals.messages)
      outcome_.went_wrong.note(plan.label() + ": " + sentence);
  }

  const offload_options& options_;
  const std::vector<engine_plan>& plans_;
  const target_file& file_;
  contest<engine_plan, engine> contest_;
  std::unique_ptr<block_ledger> ledger_;
  run_outcome outcome_;
};

} // namespace

run_outcome run_offload(const offload_options& options, const std::vector<engine_plan>& plans, const target_file& file,
                        const std::function<void(const std::string&)>& remark) {
  return offload_run(options, plans, file, remark).run();
}

} // namespace shardbridge::bench
