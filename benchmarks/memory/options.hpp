#pragma once

#include "../common/run_options.hpp"

#include <cstdint>
#include <string>

namespace shardbridge::bench {

/// What the user asked of `memory`.
struct memory_options : output_options {
  std::uint64_t operations = 0; ///< Of each kind in a stretch.
  unsigned stretches = 0;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct memory_texts : output_options {
  std::string operations = "1000000";
  std::string stretches = "10";
};

/// Throws bad_input with a sentence that names the option.
memory_options parse_options(const memory_texts& texts);

} // namespace shardbridge::bench
