#pragma once

#include "setting.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `handoff`.
struct handoff_options {
  std::vector<std::string> engines;
  bool engines_chosen = false; ///< Named by the user: one that does not work here is an error, not a remark.
  std::vector<unsigned> depths;
  std::vector<unsigned> producers;
  std::vector<unsigned> shards;
  double seconds = 0;
  unsigned rounds = 0;
  std::string json; ///< Empty: none; "-": stdout.
  bool quiet = false;
  handoff_setting base; ///< All but depth, producers and shards.

  /// Every combination, the depths side by side.
  std::vector<handoff_setting> settings() const;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct handoff_texts {
  std::string engines = "bridge,call,post,pool,channel";
  std::string depth = "1,32,128,1024";
  std::string producers = "1,64";
  std::string shards = "1";
  std::string client_threads = "1";
  std::string spin_us; ///< Empty: as the library does by itself.
  std::string seconds = "0.5";
  std::string rounds = "5";
  std::string json;
  bool engines_chosen = false;
  bool same_core = false;
  bool quiet = false;
};

/// Throws bad_input with a sentence that names the option.
handoff_options parse_options(const handoff_texts& texts);

} // namespace shardbridge::bench
