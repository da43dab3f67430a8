#pragma once

#include "../common/run_options.hpp"
#include "../results/load_case.hpp"
#include "workload.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `offload` or one of its presets, checked as far as it can be without looking at a file.
struct offload_options : run_options {
  std::vector<std::string> engines;
  bool engines_chosen = false; ///< Named by the user: one that does not work here is an error, not a remark.
  std::string file;            ///< Empty: make one.
  bool allow_write = false;
  std::uint64_t size = 0;
  std::vector<load_case> cases;
  std::vector<unsigned> pool_threads;
  workload base; ///< All but path, size and what a case says.

  /// All cases are, or none is.
  bool open_loop() const { return cases.front().rate.open(); }
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct offload_texts : run_texts {
  offload_texts() : run_texts("1", "5") {}

  std::string engines = "bridge,pool,asio-file,raw";
  std::string file;
  std::string size = "512M";
  std::string block = "4K";
  std::string depth = "1,32,128";
  std::string rw = "randread";
  std::string shards = "1";
  std::string pool_threads = "4,16,64";
  std::string client_threads = "1"; ///< Empty: as many as shards.
  std::string rate;                 ///< Empty: a closed loop.
  std::string arrivals = "poisson";
  std::string cached;
  std::string timeout;
  std::string timeout_mode = "timer";
  std::string cancel = "0";
  std::string seed = "1";
  bool engines_chosen = false;
  bool direct = true;
  bool own_parts = false; ///< See workload; no option of its own.
  bool verify = false;
  bool allow_write = false;
};

/// Throws bad_input with a sentence that names the option.
offload_options parse_options(const offload_texts& texts);

} // namespace shardbridge::bench
