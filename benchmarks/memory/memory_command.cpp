#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/environment.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../run_output.hpp"
#include "memory_table.hpp"
#include "runner.hpp"

#include <memory>

namespace shardbridge::bench {
namespace {

constexpr const char* footer = R"(
Each line is of a process of its own. What the kernel takes for it is known where a memory control group can be made,
which takes root as a rule.

Examples:
  shardbridge-bench memory
  shardbridge-bench memory --stretches 100 --json memory.json
)";

int run_command(const memory_texts& texts) {
  const memory_options options = parse_options(texts);
  run_output output("memory", options);
  memory_set results = run_memory(options);
  results.environment = describe_environment();
  results.environment["interrupted"] = interrupted();
  print_table(output.table(), results);
  output.write(results);
  return static_cast<int>(interrupted() ? exit_code::interrupted : exit_code::ok);
}

} // namespace

void add_memory_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<memory_texts>();
  CLI::App& command =
      add_command(app, "memory",
                  "What shards, bridges, operations and tasks take of memory, the process's and the kernel's, and "
                  "whether it stays so over time; tables on stdout.");
  command.add_option("--operations", texts->operations, "No-ops, and as many reads, in each stretch of the work")
      ->type_name("N");
  command.add_option("--stretches", texts->stretches, "After each the process is looked at")->type_name("N");
  add_output_options(command, *texts);
  command.footer(footer);
  command.callback([texts, &chosen] { chosen = [texts] { return run_command(*texts); }; });
}

} // namespace shardbridge::bench
