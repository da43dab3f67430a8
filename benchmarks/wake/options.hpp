#pragma once

#include "cell.hpp"
#include "strategy.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `wake`.
struct wake_options {
  std::vector<const strategy*> strategies;
  std::vector<wake_state> states;
  std::vector<wake_core> cores;
  std::chrono::microseconds patience{};
  double seconds = 0;
  unsigned rounds = 0;
  std::string json; ///< Empty: none; "-": stdout.
  bool quiet = false;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct wake_texts {
  std::string strategies = "all";
  std::string states = "sleeping,awake";
  std::string cores = "same,other";
  std::string spin_us = "50";
  std::string seconds = "0.5";
  std::string rounds = "5";
  std::string json;
  bool quiet = false;
};

/// Throws bad_input with a sentence that names the option.
wake_options parse_options(const wake_texts& texts);

} // namespace shardbridge::bench
