#pragma once

#include "../common/run_options.hpp"
#include "setting.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `handoff`.
struct handoff_options : run_options {
  std::vector<std::string> engines;
  bool engines_chosen = false; ///< Named by the user: one that does not work here is an error, not a remark.
  std::vector<unsigned> depths;
  std::vector<unsigned> producers;
  std::vector<unsigned> shards;
  handoff_setting base; ///< All but depth, producers and shards.

  /// Every combination, the depths side by side.
  std::vector<handoff_setting> settings() const;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct handoff_texts : run_texts {
  handoff_texts() : run_texts("0.5", "5") {}

  std::string engines = "bridge,call,post,pool,channel";
  std::string depth = "1,32,128,1024";
  std::string producers = "1,64";
  std::string shards = "1";
  std::string client_threads = "1";
  std::string spin_us; ///< Empty: as the library does by itself.
  bool engines_chosen = false;
  bool same_core = false;
};

/// Throws bad_input with a sentence that names the option.
handoff_options parse_options(const handoff_texts& texts);

} // namespace shardbridge::bench
