#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the chosen subcommand does once the command line is read; returns the exit code.
using action = std::function<int()>;

/// Runs the program once more, within itself, with these words behind its name; returns the exit code, throws failure.
using run_command_line = std::function<int(const std::vector<std::string>& words)>;

// Each adds its subcommand to the parser; when that one is chosen, `chosen` becomes what to do.

void add_cached_command(CLI::App& app, action& chosen);
void add_compare_command(CLI::App& app, action& chosen);
void add_echo_command(CLI::App& app, action& chosen);
void add_fairness_command(CLI::App& app, action& chosen);
void add_handoff_command(CLI::App& app, action& chosen);
void add_memory_command(CLI::App& app, action& chosen);
void add_offload_command(CLI::App& app, action& chosen);
void add_pressure_command(CLI::App& app, action& chosen);
void add_probe_command(CLI::App& app, action& chosen);
void add_report_command(CLI::App& app, action& chosen);
void add_scale_command(CLI::App& app, action& chosen);
void add_sequential_command(CLI::App& app, action& chosen);
void add_suite_command(CLI::App& app, action& chosen, const run_command_line& run);
void add_sync_command(CLI::App& app, action& chosen);
void add_wake_command(CLI::App& app, action& chosen);

} // namespace shardbridge::bench
