#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace shardbridge::bench {

/// What the chosen subcommand does once the command line is read; returns the exit code.
using action = std::function<int()>;

// Each adds its subcommand to the parser; when that one is chosen, `chosen` becomes what to do.

void add_compare_command(CLI::App& app, action& chosen);
void add_echo_command(CLI::App& app, action& chosen);
void add_handoff_command(CLI::App& app, action& chosen);
void add_offload_command(CLI::App& app, action& chosen);
void add_pressure_command(CLI::App& app, action& chosen);
void add_probe_command(CLI::App& app, action& chosen);
void add_report_command(CLI::App& app, action& chosen);
void add_wake_command(CLI::App& app, action& chosen);

} // namespace shardbridge::bench
