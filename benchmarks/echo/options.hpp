#pragma once

#include "setting.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `echo`.
struct echo_options {
  std::vector<std::string> engines;
  bool engines_chosen = false;
  std::vector<unsigned> connections;
  std::vector<unsigned> pipelines;
  std::size_t bytes = 0;
  double seconds = 0;
  unsigned rounds = 0;
  std::string json; ///< Empty: none; "-": stdout.
  bool quiet = false;

  std::vector<echo_setting> settings() const;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct echo_texts {
  std::string engines = "shard,shard-direct,asio";
  bool engines_chosen = false;
  std::string connections = "50";
  std::string pipeline = "1,32";
  std::string bytes = "256";
  std::string seconds = "2";
  std::string rounds = "5";
  std::string json;
  bool quiet = false;
};

/// Throws bad_input with a sentence that names the option.
echo_options parse_options(const echo_texts& texts);

} // namespace shardbridge::bench
