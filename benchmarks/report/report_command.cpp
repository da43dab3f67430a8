#include "../command.hpp"

#include "../common/failure.hpp"
#include "../results/json_file.hpp"
#include "../results/table.hpp"
#include "plot.hpp"

#include <iostream>
#include <memory>

namespace shardbridge::bench {
namespace {

struct report_texts {
  std::string results;
  std::string png;
};

int run_report(const report_texts& texts) {
  const result_set results = read_results(texts.results);
  print_table(std::cout, results);
  if (!texts.png.empty()) {
    std::cout << '\n';
    for (const std::string& made : plot_results(results, texts.png))
      std::cout << "plot: " << made << '\n';
  }
  if (const auto sentence = conclusion(results); !sentence.empty()) std::cout << '\n' << sentence << '\n';
  return static_cast<int>(exit_code::ok);
}

} // namespace

void add_report_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<report_texts>();
  CLI::App* command =
      app.add_subcommand("report", "Prints results that `offload --json` and its presets wrote, and what they mean.");
  command->add_option("results", texts->results, "What --json wrote")->required()->type_name("PATH");
  command
      ->add_option("--plot", texts->png,
                   "Draw them there, as a PNG, one with a number for each block size, shards and client threads "
                   "where there are several (needs gnuplot)")
      ->type_name("PATH");
  command->footer("\nExample:\n  shardbridge-bench report results.json --plot results.png\n");
  command->callback([texts, &chosen] { chosen = [texts] { return run_report(*texts); }; });
}

} // namespace shardbridge::bench
