#pragma once

#include <string>
#include <utility>

namespace shardbridge::bench {

/// What the user can ask of every command that measures, as text: what the parser of the command line fills.
struct run_texts {
  /// With the command's own defaults.
  run_texts(std::string length, std::string turns) : seconds(std::move(length)), rounds(std::move(turns)) {}

  std::string seconds;
  std::string rounds;
  std::string json;
  std::string plot;
  bool quiet = false;
};

/// The same, checked.
struct run_options {
  double seconds = 0; ///< Of a round.
  unsigned rounds = 0;
  std::string json; ///< Empty: none; "-": stdout.
  std::string plot; ///< A folder; empty: none.
  bool quiet = false;
};

/// Throws bad_input with a sentence that names the option.
void parse_run(const run_texts& texts, run_options& options);

} // namespace shardbridge::bench
