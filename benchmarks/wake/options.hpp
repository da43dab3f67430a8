#pragma once

#include "../common/run_options.hpp"
#include "cell.hpp"
#include "strategy.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `wake`.
struct wake_options : run_options {
  std::vector<const strategy*> strategies;
  std::vector<wake_state> states;
  std::vector<wake_core> cores;
  std::chrono::microseconds patience{};
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct wake_texts : run_texts {
  wake_texts() : run_texts("0.5", "5") {}

  std::string strategies = "all";
  std::string states = "sleeping,awake";
  std::string cores = "same,other";
  std::string spin_us = "50";
};

/// Throws bad_input with a sentence that names the option.
wake_options parse_options(const wake_texts& texts);

} // namespace shardbridge::bench
