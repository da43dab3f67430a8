#pragma once

#include "setting.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `sync`.
struct sync_options {
  std::vector<std::string> engines;
  bool engines_chosen = false; ///< Named by the user: one that does not work here is an error, not a remark.
  std::vector<unsigned> depths;
  std::vector<unsigned> pool_threads;
  double seconds = 0;
  unsigned rounds = 0;
  std::string json; ///< Empty: none; "-": stdout.
  bool quiet = false;
  sync_setting base; ///< All but path, depth and seed.

  /// Of the file: a block for each client.
  std::uint64_t file_size() const;
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct sync_texts {
  std::string engines = "bridge,bridge-grouped,pool,raw,raw-linked";
  bool engines_chosen = false;
  std::string depth = "1,8,32";
  std::string pool_threads = "4,16";
  std::string block = "4K";
  std::string seconds = "1";
  std::string rounds = "5";
  std::string json;
  bool direct = true;
  bool quiet = false;
};

/// Throws bad_input with a sentence that names the option.
sync_options parse_options(const sync_texts& texts);

} // namespace shardbridge::bench
