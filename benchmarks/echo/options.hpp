#pragma once

#include "../common/run_options.hpp"
#include "setting.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `echo`.
struct echo_options : run_options {
  std::vector<std::string> engines;
  bool engines_chosen = false;
  std::vector<unsigned> connections;
  std::vector<unsigned> pipelines;
  std::size_t bytes = 0;

  std::vector<echo_setting> settings() const;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct echo_texts : run_texts {
  echo_texts() : run_texts("2", "5") {}

  std::string engines = "shard,shard-direct,asio";
  bool engines_chosen = false;
  std::string connections = "50";
  std::string pipeline = "1,32";
  std::string bytes = "256";
};

/// Throws bad_input with a sentence that names the option.
echo_options parse_options(const echo_texts& texts);

} // namespace shardbridge::bench
