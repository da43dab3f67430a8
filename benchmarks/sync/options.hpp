#pragma once

#include "../common/run_options.hpp"
#include "setting.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `sync`.
struct sync_options : run_options {
  std::vector<std::string> engines;
  bool engines_chosen = false; ///< Named by the user: one that does not work here is an error, not a remark.
  std::vector<unsigned> depths;
  std::vector<unsigned> pool_threads;
  sync_setting base; ///< All but path, depth and seed.

  /// Of the file: a block for each client.
  std::uint64_t file_size() const;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct sync_texts : run_texts {
  sync_texts() : run_texts("1", "5") {}

  std::string engines = "bridge,bridge-grouped,pool,raw,raw-linked";
  bool engines_chosen = false;
  std::string depth = "1,8,32";
  std::string pool_threads = "4,16";
  std::string block = "4K";
  bool direct = true;
};

/// Throws bad_input with a sentence that names the option.
sync_options parse_options(const sync_texts& texts);

} // namespace shardbridge::bench
