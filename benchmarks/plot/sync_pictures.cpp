#include "pictures.hpp"

#include "../common/parse.hpp"

namespace shardbridge::bench {

std::vector<picture> sync_pictures(const results_json& results) {
  const results_json& first = results.at("results").front();
  const std::string what = "sync: writes of " + size_text(first.at("block").get<std::uint64_t>()) +
                           ", each durable before its client goes on" +
                           (first.at("direct").get<bool>() ? ", O_DIRECT" : ", page cache");
  load_results to{.name = "sync",
                  .headline = headline_of(results, what),
                  .places = "clients",
                  .what = "durable writes",
                  .points = {}};
  for (const results_json& row : results.at("results"))
    to.points.push_back({.engine = row.at("engine").get<std::string>(),
                         .label = label_of(row),
                         .group = "",
                         .place = row.at("depth").dump(),
                         .per_s = spread_at(row, "ops_per_s"),
                         .cpu_us = spread_at(row, "cpu_s_per_million"),
                         .p99_us = spread_at(row, "p99_us"),
                         .latency = percentiles_of(row)});
  return load_pictures(to);
}

} // namespace shardbridge::bench
