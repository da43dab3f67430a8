#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/environment.hpp"
#include "../common/file_maker.hpp"
#include "../common/interrupt.hpp"
#include "../common/remark.hpp"
#include "../run_output.hpp"
#include "fairness_table.hpp"
#include "runner.hpp"

#include <memory>

namespace shardbridge::bench {
namespace {

constexpr const char* footer = R"(
What one shard is given to do:
  bridge   clients of an Asio service on another core, each with one operation outstanding
  disk     tasks on the shard, each of which reads one block after another by the shard's ring
  sockets  pairs of connected sockets on the shard, with one message under way to and fro
  tasks    tasks on the shard that compute and yield, for ever

--loads names what is done at once, such as disk, bridge+tasks or all; without it every subset is measured: each kind
alone, every two, every three, and all together.

Examples:
  shardbridge-bench fairness
  shardbridge-bench fairness --loads bridge,tasks,bridge+tasks --turn-slice 20us
  shardbridge-bench fairness --bridge read --busy 100 --seconds 2 --json fairness.json
)";

nlohmann::ordered_json environment_of(const target_file& file) {
  auto environment = describe_environment(file);
  environment["interrupted"] = interrupted();
  return environment;
}

int run_command(const fairness_texts& texts) {
  const fairness_options options = parse_options(texts);
  run_output output("fairness", options);
  const target_file file = make_file({.size = options.size,
                                      .block = fairness_block,
                                      .seed = 1,
                                      .direct = options.base.direct,
                                      .quiet = options.quiet});
  const auto say = [&](const std::string& sentence) { remark(options.quiet, sentence); };
  fairness_outcome outcome = run_fairness(options, file, say);
  const fairness_set results{.environment = environment_of(file),
                             .what = options.base,
                             .seconds = options.seconds,
                             .rows = std::move(outcome.rows),
                             .errors = outcome.went_wrong.errors + outcome.went_wrong.wrong_blocks,
                             .stalls = outcome.stalls};
  print_table(output.table(), results);
  output.write(results);
  return verdict(outcome.went_wrong);
}

} // namespace

void add_fairness_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<fairness_texts>();
  CLI::App& command =
      add_command(app, "fairness",
                  "One shard that has bridge traffic, disk operations, sockets and busy tasks at once: what each kind "
                  "gets alone and beside others, and the least in any 100 ms; a table with medians over the rounds on "
                  "stdout.");
  command.add_option("--loads", texts->loads, "What is done at once, joined by +; comma-separated. Without it all")
      ->type_name("LIST");
  command.add_option("--bridge", texts->asked, "What clients ask for: nop, or read from the page cache")
      ->type_name("KIND");
  command.add_option("--clients", texts->clients, "Clients of the bridge")->type_name("N");
  command.add_option("--readers", texts->readers, "Tasks that read blocks")->type_name("N");
  command.add_option("--connections", texts->connections, "Pairs of sockets")->type_name("N");
  command.add_option("--busy", texts->busy, "Tasks that compute and yield")->type_name("N");
  command.add_option("--step", texts->step, "How long such a task computes before it yields")->type_name("TIME");
  command.add_option("--turn-slice", texts->turn_slice, "Of the shard; without it as the library does by itself")
      ->type_name("TIME");
  command.add_option("--window", texts->window, "The stretch in which the least rate is looked for")->type_name("TIME");
  command.add_option("--size", texts->size, "Of the file made for reading, in TMPDIR")->type_name("SIZE");
  command.add_flag("--direct,!--no-direct", texts->direct, "Tasks read with O_DIRECT (default), or the page cache");
  add_run_options(command, *texts);
  command.footer(footer);
  command.callback([texts, &chosen] { chosen = [texts] { return run_command(*texts); }; });
}

} // namespace shardbridge::bench
