#include "runner.hpp"

#include "../common/contest.hpp"
#include "../common/cpus.hpp"
#include "../common/failure.hpp"
#include "../common/format.hpp"
#include "../common/interrupt.hpp"
#include "handoff_summary.hpp"

namespace shardbridge::bench {

handoff_outcome run_handoff(const handoff_options& options, const std::vector<handoff_plan>& plans,
                            const std::function<void(const std::string&)>& remark) {
  const auto usable = usable_cpus();
  if (usable.empty()) throw run_failure("cannot tell which CPUs may be used");
  handoff_outcome outcome;
  const auto settings = options.settings();
  const auto take_incidents = [&](const handoff_plan& plan, const handoff_round& round) {
    outcome.went_wrong.merge(round.totals.went_wrong, plan.label());
  };
  contest<handoff_plan, handoff_engine> measurement({.seconds = options.seconds,
                                                     .rounds = options.rounds,
                                                     .settings = settings.size(),
                                                     .engines_chosen = options.engines_chosen,
                                                     .quiet = options.quiet},
                                                    plans, take_incidents, remark);
  for (const auto& what : settings) {
    if (interrupted()) break;
    const handoff_cpus cpus = place(what, usable);
    const auto make = [&](const handoff_plan& plan, std::size_t) { return plan.make(what, cpus); };
    const std::string label = count_text(what.shards, "shard") + ", " + count_text(what.producers, "producer") +
                              ", depth " + std::to_string(what.depth);
    for (const auto& done : measurement.run(label, make))
      outcome.rows.push_back(summarize(done.plan->name, what, options.seconds, done.rounds));
  }
  return outcome;
}

} // namespace shardbridge::bench
