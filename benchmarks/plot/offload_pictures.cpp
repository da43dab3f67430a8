#include "pictures.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"
#include "../results/result.hpp"

namespace shardbridge::bench {
namespace {

std::string threads_by_shards(const results_json& row) {
  return row.at("client_threads").dump() + "×" + row.at("shards").dump();
}

load_case case_of(const results_json& row) {
  return {.block = row.at("block").get<std::uint64_t>(),
          .shards = row.at("shards").get<unsigned>(),
          .client_threads = row.at("client_threads").get<unsigned>(),
          .depth = row.at("depth").get<unsigned>()};
}

/// What all rows have in common.
std::string what_of(const results_json& results) {
  const results_json& first = results.at("results").front();
  const load_case setting = case_of(first);
  std::string text = command_of(results) + ": " + first.at("rw").get<std::string>();
  if (!differs(results, "block")) text += ", blocks of " + size_text(setting.block);
  text += first.at("direct").get<bool>() ? ", O_DIRECT" : ", page cache";
  if (!differs(results, "shards") && !differs(results, "client_threads"))
    text += ", " + count_text(setting.shards, "shard") + ", " + count_text(setting.client_threads, "client thread");
  return text + ", " + environment_text(results.at("environment"), "file_system");
}

} // namespace

std::vector<picture> offload_pictures(const results_json& results) {
  const std::string command = command_of(results);
  const bool scaling = command == "scale";
  load_results to{
      .name = command, .headline = headline_of(results, what_of(results)), .ascending = !scaling, .points = {}};
  if (results.at("results").front().contains("latency"))
    to.latency_headline = headline_of(results, what_of(results), mark_meaning::all_rounds);
  to.places = scaling ? "client threads × shards" : command == "sequential" ? "streams" : "operations in flight";
  std::vector<load_case> cases;
  for (const results_json& row : results.at("results"))
    cases.push_back(case_of(row));
  for (const results_json& row : results.at("results")) {
    const load_case setting = case_of(row);
    std::string title = describe_group(setting, cases);
    if (scaling) {
      title = differs(results, "block") ? "blocks of " + size_text(setting.block) + ", " : "";
      title += "depth " + std::to_string(setting.depth);
    }
    to.points.push_back({.engine = row.at("engine").get<std::string>(),
                         .label = label_of(row),
                         .group = title,
                         .place = scaling ? threads_by_shards(row) : std::to_string(setting.depth),
                         .per_s = spread_at(row, "iops"),
                         .cpu_us = spread_at(row, "cpu_s_per_million"),
                         .p99_us = spread_at(row, "p99_us"),
                         .latency = percentiles_of_histogram(row)});
  }
  return load_pictures(to);
}

} // namespace shardbridge::bench
