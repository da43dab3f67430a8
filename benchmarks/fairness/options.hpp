#pragma once

#include "../common/run_options.hpp"
#include "setting.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `fairness`.
struct fairness_options : run_options {
  std::vector<load_subset> subsets;
  std::uint64_t size = 0; ///< Of the file.
  fairness_setting base;  ///< All but path and blocks.
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct fairness_texts : run_texts {
  fairness_texts() : run_texts("0.5", "3") {}

  std::string loads; ///< Empty: every subset.
  std::string asked = "nop";
  std::string clients = "32";
  std::string readers = "8";
  std::string connections = "8";
  std::string busy = "4";
  std::string step = "2us";
  std::string turn_slice; ///< Empty: as the library does by itself.
  std::string window = "100ms";
  std::string size = "64M";
  bool direct = true;
};

/// Throws bad_input with a sentence that names the option.
fairness_options parse_options(const fairness_texts& texts);

} // namespace shardbridge::bench
