#include "../command.hpp"

#include "../command_options.hpp"
#include "../common/failure.hpp"
#include "../plot/pictures.hpp"
#include "../plot/plot_folder.hpp"
#include "../results/json_file.hpp"
#include "../results/table.hpp"
#include "names.hpp"

#include <iostream>
#include <memory>
#include <optional>

namespace shardbridge::bench {
namespace {

constexpr const char* examples = R"(
Tables are printed of what `offload` and its presets wrote; of what other commands wrote pictures alone are drawn. These
are called after the command, or where several files are of one command after the file.

Examples:
  shardbridge-bench report offload.json
  shardbridge-bench report results/*.json --plot pictures
)";

struct report_texts {
  std::vector<std::string> files;
  std::string plot;
};

/// Whether `report` has a table for it.
bool has_table(const results_json& results) {
  if (!results.contains("results")) return false;
  const results_json& rows = results.at("results");
  return rows.empty() || rows.front().contains("iops");
}

void print_report(const report_file& file) {
  const result_set results = results_from(file.results, file.path);
  print_table(std::cout, results);
  if (const auto sentence = conclusion(results); !sentence.empty()) std::cout << '\n' << sentence << '\n';
}

int run_report(const report_texts& texts) {
  const std::vector<report_file> files = read_files(texts.files);
  std::optional<plot_folder> plot;
  if (!texts.plot.empty()) {
    check_names(files);
    plot.emplace(texts.plot);
  }
  for (const report_file& file : files) {
    if (files.size() != 1) std::cout << (&file == &files.front() ? "" : "\n") << "# " << file.path << "\n\n";
    const bool table = has_table(file.results);
    if (!table && !plot)
      throw bad_input("'" + file.path + "': there is no table of " + command_of(file.results) + ", only --plot");
    if (table) print_report(file);
    if (!plot) continue;
    const auto pictures = named_pictures(file);
    if (pictures.empty()) throw bad_input("'" + file.path + "': there is nothing to plot");
    if (table) std::cout << '\n';
    for (const std::string& made : plot->draw(pictures))
      std::cout << "plot: " << made << '\n';
  }
  return static_cast<int>(exit_code::ok);
}

} // namespace

void add_report_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<report_texts>();
  CLI::App& command =
      *app.add_subcommand("report", "Prints what `--json` wrote, what it means, and draws it (needs gnuplot).");
  command.add_option("results", texts->files, "What --json wrote")->required()->type_name("PATH");
  add_plot_option(command, texts->plot);
  command.footer(examples);
  command.callback([texts, &chosen] { chosen = [texts] { return run_report(*texts); }; });
}

} // namespace shardbridge::bench
