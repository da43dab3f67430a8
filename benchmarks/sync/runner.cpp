#include "runner.hpp"

#include "../common/contest.hpp"
#include "../common/format.hpp"
#include "../common/interrupt.hpp"
#include "../common/random.hpp"

namespace shardbridge::bench {

sync_outcome run_sync(const sync_options& options, const std::vector<sync_plan>& plans, const target_file& file,
                      const std::function<void(const std::string&)>& remark) {
  sync_outcome outcome;
  const auto take_incidents = [&](const sync_plan& plan, const sync_round& round) {
    outcome.went_wrong.merge(round.totals.went_wrong, plan.label());
  };
  contest<sync_plan, sync_engine> measurement({.seconds = options.seconds,
                                               .rounds = options.rounds,
                                               .settings = options.depths.size(),
                                               .engines_chosen = options.engines_chosen,
                                               .quiet = options.quiet},
                                              plans, take_incidents, remark);
  for (const unsigned depth : options.depths) {
    if (interrupted()) break;
    sync_setting what = options.base;
    what.path = file.path;
    what.depth = depth;
    const auto make = [&](const sync_plan& plan, std::size_t index) {
      sync_setting own = what;
      own.seed = mix(index + 1);
      return plan.make(own);
    };
    const auto done = measurement.run(count_text(depth, "client"), make);
    std::vector<sync_entrant> entrants;
    for (const auto& each : done)
      entrants.push_back({each.plan, &each.rounds});
    for (auto& row : summarize(what, entrants))
      outcome.rows.push_back(std::move(row));
  }
  return outcome;
}

} // namespace shardbridge::bench
