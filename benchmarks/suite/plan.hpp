#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shardbridge::bench {

/// How much time a suite may take.
enum class suite_length {
  smoke, ///< some seconds: to see whether all of it works here; its figures mean nothing
  quick, ///< about a minute: to see whether it works here, and roughly what it gives
  full   ///< about a quarter of an hour: figures to decide by
};

/// Throws bad_input.
suite_length parse_suite_length(std::string_view option, std::string_view text);

/// One command of the program.
struct suite_step {
  std::string name;                   ///< of its results' files
  std::string question;               ///< that it answers
  std::vector<std::string> arguments; ///< but for --json, --plot and --quiet
  double seconds;                     ///< about what it takes
};

/// In the order in which they run.
std::vector<suite_step> plan_suite(suite_length length);

/// Those of the names, in the plan's order. Throws bad_input: there is no such step.
std::vector<suite_step> only(std::vector<suite_step> steps, std::string_view option,
                             const std::vector<std::string>& names);

/// How long the last `left` of the steps will take, if this machine keeps to the pace that it has kept: `elapsed`
/// seconds for the others.
double seconds_left(const std::vector<suite_step>& steps, std::size_t left, double elapsed);

} // namespace shardbridge::bench
