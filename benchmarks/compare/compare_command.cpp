#include "../command.hpp"

#include "../common/failure.hpp"
#include "../results/json_file.hpp"
#include "compare_table.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

namespace shardbridge::bench {
namespace {

struct compare_texts {
  std::string before, after;
  bool all = false;
  bool strict = false;
};

int run_compare(const compare_texts& texts) {
  const auto before = read_json(texts.before);
  const auto after = read_json(texts.after);
  const comparison found = compare(before, texts.before, after, texts.after);
  print_comparison(std::cout, found, texts.all);
  const bool worse =
      std::ranges::find(found.differences, verdict::worse, &difference::found) != found.differences.end();
  return static_cast<int>(texts.strict && worse ? exit_code::worse : exit_code::ok);
}

} // namespace

void add_compare_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<compare_texts>();
  CLI::App* command = app.add_subcommand(
      "compare", "Says what changed between two results that `--json` wrote, and whether it is beyond the noise.");
  command->add_option("before", texts->before, "What --json wrote")->required()->type_name("PATH");
  command->add_option("after", texts->after, "The same, of another machine, kernel, version or option")
      ->required()
      ->type_name("PATH");
  command->add_flag("--all", texts->all, "Quantities within the noise too");
  command->add_flag("--strict", texts->strict, "End with exit code 4 where something is worse");
  command->footer("\nExamples:\n"
                  "  shardbridge-bench compare before.json after.json\n"
                  "  shardbridge-bench compare --strict released.json candidate.json || echo 'not that'\n");
  command->callback([texts, &chosen] { chosen = [texts] { return run_compare(*texts); }; });
}

} // namespace shardbridge::bench
