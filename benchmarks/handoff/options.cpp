#include "options.hpp"

#include "../common/cpus.hpp"
#include "../common/parse.hpp"

#include <shardbridge/options.hpp>

namespace shardbridge::bench {
namespace {

// Beyond these only the length of the queues grows.
constexpr unsigned depth_max = 65536;
constexpr unsigned producers_max = 4096;
constexpr std::uint64_t spin_us_max = 1'000'000;

} // namespace

std::vector<handoff_setting> handoff_options::settings() const {
  std::vector<handoff_setting> all;
  for (const unsigned shard_count : shards)
    for (const unsigned producer_count : producers)
      for (const unsigned depth : depths) {
        handoff_setting what = base;
        what.depth = depth;
        what.producers = producer_count;
        what.shards = shard_count;
        all.push_back(what);
      }
  return all;
}

handoff_options parse_options(const handoff_texts& texts) {
  handoff_options options;
  options.engines = split_list("--engine", texts.engines);
  options.engines_chosen = texts.engines_chosen;
  options.depths = parse_counts("--depth", texts.depth, depth_max);
  options.producers = parse_counts("--producers", texts.producers, producers_max);
  options.shards = parse_counts("--shards", texts.shards, static_cast<unsigned>(shards_max()));
  parse_run(texts, options);
  options.base.client_threads = static_cast<unsigned>(parse_count("--client-threads", texts.client_threads, 1, 256));
  options.base.spin = texts.spin_us.empty()
                          ? bridge_options().spin
                          : std::chrono::microseconds(parse_count("--spin-us", texts.spin_us, 0, spin_us_max));
  options.base.same_core = texts.same_core;
  return options;
}

} // namespace shardbridge::bench
