#include "load_case.hpp"

#include "../common/format.hpp"
#include "../common/parse.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

template <class Value>
bool differs(const std::vector<load_case>& all, Value load_case::*part) {
  return std::ranges::any_of(all, [&](const load_case& each) { return each.*part != all.front().*part; });
}

} // namespace

std::vector<load_case> combine(const std::vector<std::uint64_t>& blocks, const std::vector<unsigned>& shards,
                               const std::vector<unsigned>& client_threads, const std::vector<unsigned>& depths,
                               const std::vector<offered_rate>& rates) {
  std::vector<load_case> all;
  for (const std::uint64_t block : blocks)
    for (const unsigned shard_count : shards)
      for (const unsigned threads : client_threads.empty() ? std::vector{shard_count} : client_threads)
        for (const offered_rate& rate : rates)
          for (const unsigned depth : depths)
            all.push_back(
                {.block = block, .shards = shard_count, .client_threads = threads, .rate = rate, .depth = depth});
  return all;
}

bool measures_threads_of_shards(const load_case& one, const std::vector<load_case>& all) {
  const load_case* chosen = nullptr;
  for (const load_case& each : all) {
    load_case like_one = each;
    like_one.client_threads = one.client_threads;
    if (like_one != one) continue;
    if (chosen == nullptr || each.client_threads == each.shards) chosen = &each;
  }
  return chosen == nullptr || *chosen == one;
}

std::string describe_group(const load_case& one, const std::vector<load_case>& all) {
  std::string text;
  const auto add = [&](bool wanted, const std::string& part) {
    if (wanted) text += (text.empty() ? "" : ", ") + part;
  };
  const bool parts = differs(all, &load_case::shards) || differs(all, &load_case::client_threads);
  add(differs(all, &load_case::block), "blocks of " + size_text(one.block));
  add(parts, count_text(one.shards, "shard"));
  add(parts, count_text(one.client_threads, "client thread"));
  add(differs(all, &load_case::rate), rate_text(one.rate));
  return text;
}

std::string describe(const load_case& one, const std::vector<load_case>& all) {
  const std::string group = describe_group(one, all);
  return group + (group.empty() ? "" : ", ") + "depth " + std::to_string(one.depth);
}

} // namespace shardbridge::bench
