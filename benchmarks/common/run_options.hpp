#pragma once

#include <string>
#include <utility>

namespace shardbridge::bench {

/// Where what a command measures goes.
struct output_options {
  std::string json; ///< Empty: none; "-": stdout.
  std::string plot; ///< A folder; empty: none.
  bool quiet = false;
};

/// What the user can ask of every command that measures in rounds, as text: what the parser of the command line fills.
struct run_texts : output_options {
  /// With the command's own defaults.
  run_texts(std::string length, std::string turns) : seconds(std::move(length)), rounds(std::move(turns)) {}

  std::string seconds;
  std::string rounds;
};

/// The same, checked.
struct run_options : output_options {
  double seconds = 0; ///< Of a round.
  unsigned rounds = 0;
};

/// Throws bad_input with a sentence that names the option.
void parse_run(const run_texts& texts, run_options& options);

} // namespace shardbridge::bench
