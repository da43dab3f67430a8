#include "runner.hpp"

#include "../common/contest.hpp"

namespace shardbridge::bench {

fairness_outcome run_fairness(const fairness_options& options, const target_file& file,
                              const std::function<void(const std::string&)>& remark) {
  fairness_setting what = options.base;
  what.path = file.path;
  what.blocks = file.size / fairness_block;
  fairness_outcome outcome;
  std::vector<fairness_plan> plans;
  for (const load_subset& each : options.subsets)
    plans.push_back({each});
  const auto take_incidents = [&](const fairness_plan& plan, const fairness_round& round) {
    outcome.stalls += round.stalls;
    outcome.went_wrong.merge(round.went_wrong, plan.label());
  };
  contest<fairness_plan, fairness_engine> measurement({.seconds = options.seconds,
                                                       .rounds = options.rounds,
                                                       .settings = 1,
                                                       .engines_chosen = true,
                                                       .quiet = options.quiet},
                                                      plans, take_incidents, remark);
  std::shared_ptr<fairness_service> service;
  const auto make = [&](const fairness_plan& plan, std::size_t) {
    // Inside, where the threads that it starts are not sent the user's signals.
    if (!service) service = std::make_shared<fairness_service>(what);
    return std::make_unique<fairness_engine>(service, plan.subset);
  };
  const auto done = measurement.run("one shard", make);
  std::vector<fairness_entrant> entrants;
  for (const auto& each : done)
    entrants.push_back({each.plan->subset, &each.rounds});
  outcome.rows = summarize(entrants);
  return outcome;
}

} // namespace shardbridge::bench
