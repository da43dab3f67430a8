#include "pictures.hpp"

namespace shardbridge::bench {

std::vector<picture> echo_pictures(const results_json& results) {
  const std::string what = "echo: requests of " + results.at("results").front().at("bytes").dump() +
                           " bytes over TCP; CPU time is the server's, latency that of all requests sent together";
  load_results to{.name = "echo",
                  .headline = headline_of(results, what),
                  .places = "connections",
                  .what = "requests",
                  .points = {}};
  for (const results_json& row : results.at("results")) {
    const auto pipeline = row.at("pipeline").get<unsigned>();
    to.points.push_back({.engine = row.at("engine").get<std::string>(),
                         .label = label_of(row),
                         .group = pipeline == 1 ? "one at a time" : std::to_string(pipeline) + " at a time",
                         .place = row.at("connections").dump(),
                         .per_s = spread_at(row, "requests_per_second"),
                         .cpu_us = spread_at(row, "server_cpu_us"),
                         .p99_us = spread_at(row, "trip_p99_us"),
                         .latency = percentiles_of(row, "trip_")});
  }
  return load_pictures(to);
}

} // namespace shardbridge::bench
