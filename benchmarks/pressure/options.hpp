#pragma once

#include "../common/run_options.hpp"
#include "setting.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the user asked of `pressure`, checked as far as it can be without looking at a file.
struct pressure_options : run_options {
  std::vector<pressure_kind> engines;
  bool engines_chosen = false; ///< Named by the user: one that does not work here is an error, not a remark.
  std::string file;            ///< Empty: make one.
  std::uint64_t size = 0;      ///< Of the one that is made.
  double load = 0;             ///< Times the device's rate; 0 where --rate says how much.
  pressure_setting base;       ///< All but engine, file and what has to be measured first.
};

/// The same as text, with the defaults: what the parser of the command line fills.
struct pressure_texts : run_texts {
  pressure_texts() : run_texts("5", "3") {}

  std::string engines = "refuse,wait,pool";
  std::string file;
  std::string size = "512M";
  std::string block = "4K";
  std::string device = "real";
  std::string device_rate = "10000";
  std::string stall = "3s";
  std::string load = "10";
  std::string rate;
  std::string base_load = "0.9";
  std::string max_ops = "128";
  std::string max_waiters = "4096";
  std::string shards = "1";
  std::string pool_threads = "16";
  std::string client_threads = "1";
  std::string producers = "4";
  std::string base_seconds = "2";
  std::string drain = "2";
  std::string memory_limit; ///< Empty: what the machine can spare.
  std::string seed = "1";
  bool engines_chosen = false;
  bool size_chosen = false;
  bool load_chosen = false;
  bool direct = true;
};

/// Throws bad_input with a sentence that names the option.
pressure_options parse_options(const pressure_texts& texts);

} // namespace shardbridge::bench
