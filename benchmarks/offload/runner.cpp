#include "runner.hpp"

#include "../common/contest.hpp"
#include "../common/interrupt.hpp"
#include "../common/page_cache.hpp"
#include "summary.hpp"

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
      : options_(options), file_(file),
        contest_(
            {.seconds = options.seconds,
             .rounds = options.rounds,
             .settings = options.depths.size(),
             .engines_chosen = options.engines_chosen,
             .quiet = options.quiet},
            plans, [this](const engine_plan& plan, const round_result& round) { take_incidents(plan, round.totals); },
            remark) {
    const workload what = workload_at(options.depths.front(), 0);
    if (what.needs_ledger()) ledger_ = std::make_unique<block_ledger>(block_ledger::create(what.blocks()));
  }

  run_outcome run() {
    for (const unsigned depth : options_.depths) {
      if (interrupted()) break;
      const auto make = [&](const engine_plan& plan, std::size_t index) {
        const workload what = workload_at(depth, index);
        auto made = plan.make(what, ledger_.get());
        if (what.cached_percent) made = std::make_unique<engine_on_cached_file>(std::move(made), what);
        return made;
      };
      for (const auto& done : contest_.run("depth " + std::to_string(depth), make))
        outcome_.rows.push_back(summarize(options_, *done.plan, depth, done.rounds));
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

  void take_incidents(const engine_plan& plan, const account& totals) {
    outcome_.went_wrong.errors += totals.errors;
    outcome_.went_wrong.wrong_blocks += totals.wrong_blocks;
    for (const auto& sentence : totals.messages)
      outcome_.went_wrong.note(plan.label() + ": " + sentence);
  }

  const offload_options& options_;
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
