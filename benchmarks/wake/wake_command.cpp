#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/cpus.hpp"
#include "../common/environment.hpp"
#include "../common/failure.hpp"
#include "../common/format.hpp"
#include "../common/interrupt.hpp"
#include "../run_output.hpp"
#include "runner.hpp"
#include "wake_table.hpp"

#include <algorithm>
#include <memory>

namespace shardbridge::bench {
namespace {

std::string footer() {
  std::string text = "\nStrategies:\n";
  for (const auto& each : all_strategies())
    text += format("  %-16s %s\n", each.name, each.summary);
  return text + R"(
States:
  sleeping  each side sleeps at once when it has nothing to do
  awake     each side looks for --spin-us before it sleeps, and nobody wakes one who does not sleep

Examples:
  shardbridge-bench wake
  shardbridge-bench wake --core other --strategy eventfd-poll,msg-ring --seconds 2
  shardbridge-bench wake --state awake --spin-us 20 --json wake.json
)";
}

nlohmann::ordered_json environment_of(const wake_options& options) {
  auto environment = describe_environment();
  for (const auto core : options.cores)
    if (const auto cpus = cpus_for(core, usable_cpus())) environment["cpus"][std::string(to_string(core))] = *cpus;
  environment["spin_us"] = options.patience.count();
  environment["interrupted"] = interrupted();
  return environment;
}

int verdict(const std::vector<wake_row>& rows) {
  if (interrupted()) return static_cast<int>(exit_code::interrupted);
  if (std::ranges::none_of(rows, [](const wake_row& row) { return row.figures.has_value(); }))
    throw run_failure("none of the strategies works here");
  return static_cast<int>(exit_code::ok);
}

int run_command(const wake_texts& texts) {
  const wake_options options = parse_options(texts);
  run_output output("wake", options);

  std::vector<wake_row> rows = run_wake(options);
  const wake_set results{environment_of(options), options.seconds, std::move(rows)};
  print_table(output.table(), results);
  output.write(results);
  return verdict(results.rows);
}

} // namespace

void add_wake_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<wake_texts>();
  CLI::App& command =
      add_command(app, "wake",
                  "Two threads wake one another in turn: what that takes, strategy by strategy, asleep or "
                  "awake, on one core or two; a table with medians over the rounds on stdout.");
  command.add_option("--strategy", texts->strategies, "Strategies, comma-separated")->type_name("LIST");
  command.add_option("--state", texts->states, "sleeping, awake or both")->type_name("LIST");
  command.add_option("--core", texts->cores, "same, other or both: where the second thread runs")->type_name("LIST");
  command.add_option("--spin-us", texts->spin_us, "Microseconds that those who are awake look before they sleep")
      ->type_name("N");
  add_run_options(command, *texts);
  command.footer(footer());
  command.callback([texts, &chosen] { chosen = [texts] { return run_command(*texts); }; });
}

} // namespace shardbridge::bench
