#pragma once

#include "offered_rate.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What a run varies: each case is measured by all engines, side by side.
struct load_case {
  std::uint64_t block = 4096;
  unsigned shards = 1;
  unsigned client_threads = 1;
  offered_rate rate{};
  unsigned depth = 1;

  friend auto operator<=>(const load_case&, const load_case&) = default;
};

/// Every combination, the depth changing fastest, then the rate. Without client_threads there are as many as shards.
std::vector<load_case> combine(const std::vector<std::uint64_t>& blocks, const std::vector<unsigned>& shards,
                               const std::vector<unsigned>& client_threads, const std::vector<unsigned>& depths,
                               const std::vector<offered_rate>& rates = {{}});

/// Whether an engine that brings a client thread for each shard, whatever the case says, is measured in this one: once
/// for those that differ in client threads alone, where these are as many as the shards if there is such a case.
bool measures_threads_of_shards(const load_case& one, const std::vector<load_case>& all);

/// "depth 8", with what else differs among `all` before it: "blocks of 128 KiB, 2 shards, 1 client thread, depth 8".
std::string describe(const load_case& one, const std::vector<load_case>& all);

/// The same without the depth; empty where nothing differs but that.
std::string describe_group(const load_case& one, const std::vector<load_case>& all);

} // namespace shardbridge::bench
