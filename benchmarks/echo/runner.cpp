#include "runner.hpp"

#include "../common/contest.hpp"
#include "../common/cpus.hpp"
#include "../common/failure.hpp"
#include "../common/format.hpp"
#include "../common/interrupt.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

echo_cpus two_cpus() {
  const auto usable = usable_cpus();
  if (usable.size() < 2) throw run_failure("echo needs two CPUs: one for the server and one for its client");
  return {.client = usable.front(), .server = usable.back()};
}

} // namespace

std::vector<echo_row> run_echo(const echo_options& options, const std::vector<echo_plan>& plans,
                               const std::function<void(const std::string&)>& remark) {
  const echo_cpus cpus = two_cpus();
  const auto settings = options.settings();
  contest<echo_plan, echo_engine> measurement(
      {.seconds = options.seconds,
       .rounds = options.rounds,
       .settings = settings.size(),
       .engines_chosen = options.engines_chosen,
       .quiet = options.quiet},
      plans, [](const echo_plan&, const echo_round&) {}, remark);
  std::vector<echo_row> rows;
  for (const echo_setting& what : settings) {
    if (interrupted()) break;
    const auto make = [&](const echo_plan& plan, std::size_t) {
      return std::make_unique<echo_engine>(plan.serve(what, cpus.server), what, cpus);
    };
    const std::string label =
        count_text(what.connections, "connection") + ", pipeline " + std::to_string(what.pipeline);
    const auto done = measurement.run(label, make);
    const auto asio = std::ranges::find(done, "asio", [](const auto& each) { return each.plan->name; });
    for (const auto& each : done)
      rows.push_back(summarize(each.plan->name, what, each.rounds, asio != done.end() ? &asio->rounds : nullptr));
  }
  return rows;
}

} // namespace shardbridge::bench
