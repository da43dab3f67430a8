#pragma once

#include "common/run_options.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace shardbridge::bench {

/// A subcommand whose help shows defaults, and of whose options the last one counts.
CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description);

// Options that several commands have, so that they are called and explained alike.

/// --engine; `chosen` becomes whether the user named some.
void add_engine_option(CLI::App& command, std::string& engines, bool& chosen);
/// --seconds, --rounds, and the options of output. `length` is what --seconds is the length of.
void add_run_options(CLI::App& command, run_texts& texts, const std::string& length = "a round");
/// --json, --plot and --quiet
void add_output_options(CLI::App& command, output_options& options);
/// --plot
void add_plot_option(CLI::App& command, std::string& folder);
/// --quiet
void add_quiet_option(CLI::App& command, bool& quiet);
/// --direct and --no-direct
void add_direct_option(CLI::App& command, bool& direct);

} // namespace shardbridge::bench
