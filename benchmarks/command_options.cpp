#include "command_options.hpp"

namespace shardbridge::bench {

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->option_defaults()->always_capture_default()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  return *command;
}

void add_engine_option(CLI::App& command, std::string& engines, bool& chosen) {
  command.add_option("--engine", engines, "Engines, comma-separated")
      ->type_name("LIST")
      ->each([&chosen](const std::string&) { chosen = true; });
}

void add_run_options(CLI::App& command, run_texts& texts, const std::string& length) {
  command.add_option("--seconds", texts.seconds, "Length of " + length)->type_name("SECONDS");
  command.add_option("--rounds", texts.rounds, "Rounds for each line of the table")->type_name("N");
  add_output_options(command, texts);
}

void add_output_options(CLI::App& command, output_options& options) {
  command.add_option("--json", options.json, "Write the results there too; - is stdout, the table then goes to stderr")
      ->type_name("PATH");
  add_plot_option(command, options.plot);
  add_quiet_option(command, options.quiet);
}

void add_plot_option(CLI::App& command, std::string& folder) {
  command
      .add_option("--plot", folder,
                  "Draw them into this folder, as PNG; it is made where it is missing (needs gnuplot)")
      ->type_name("DIR");
}

void add_quiet_option(CLI::App& command, bool& quiet) {
  command.add_flag("--quiet", quiet, "No progress and no remarks");
}

void add_direct_option(CLI::App& command, bool& direct) {
  command.add_flag("--direct,!--no-direct", direct, "O_DIRECT, past the page cache (default), or through it");
}

} // namespace shardbridge::bench
