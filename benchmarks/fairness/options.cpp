#include "options.hpp"

#include "../common/failure.hpp"
#include "../common/parse.hpp"

#include <shardbridge/options.hpp>

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr unsigned each_max = 1024;

load_subset parse_subset(const std::string& name) {
  for (const load_subset& each : all_subsets())
    if (name == name_of(each)) return each;
  throw bad_input("--loads '" + name +
                  "' is unknown; there are bridge, disk, sockets and tasks, joined by + in this order, and all");
}

std::vector<load_subset> parse_subsets(const std::string& text) {
  if (text.empty()) return all_subsets();
  std::vector<load_subset> chosen;
  for (const auto& name : split_list("--loads", text))
    if (const load_subset subset = parse_subset(name); std::ranges::find(chosen, subset) == chosen.end())
      chosen.push_back(subset);
  return chosen;
}

unsigned parse_each(const char* option, const std::string& text) {
  return static_cast<unsigned>(parse_count(option, text, 1, each_max));
}

bridge_load parse_asked(const std::string& text) {
  if (text == "nop") return bridge_load::nop;
  if (text == "read") return bridge_load::read;
  throw bad_input("--bridge '" + text + "' is unknown; there are nop and read");
}

} // namespace

fairness_options parse_options(const fairness_texts& texts) {
  fairness_options options;
  options.subsets = parse_subsets(texts.loads);
  options.size = parse_size("--size", texts.size);
  if (options.size < fairness_block) throw bad_input("--size must be at least " + size_text(fairness_block));
  parse_run(texts, options);
  fairness_setting& what = options.base;
  what.direct = texts.direct;
  what.asked = parse_asked(texts.asked);
  what.clients = parse_each("--clients", texts.clients);
  what.readers = parse_each("--readers", texts.readers);
  what.connections = parse_each("--connections", texts.connections);
  what.busy = parse_each("--busy", texts.busy);
  what.step = parse_duration("--step", texts.step);
  what.turn_slice =
      texts.turn_slice.empty() ? shard_group_options().turn_slice : parse_duration("--turn-slice", texts.turn_slice);
  what.window = parse_duration("--window", texts.window);
  if (what.window < std::chrono::milliseconds(1)) throw bad_input("--window must be at least 1ms");
  return options;
}

} // namespace shardbridge::bench
