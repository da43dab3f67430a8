#include "result.hpp"

#include "histogram_json.hpp"
#include "spread_json.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

json json_of(const auto& value) {
  return json(value);
}
template <class Value>
json json_of(const std::optional<Value>& value) {
  return value ? json(*value) : json(nullptr);
}

/// Leaves `to` as it is where the field is missing, as in what an older program wrote, or null.
template <class Value>
void get_added(const json& from, const char* name, Value& to) {
  if (const auto found = from.find(name); found != from.end() && !found->is_null()) found->get_to(to);
}
template <class Value>
void get_added(const json& from, const char* name, std::optional<Value>& to) {
  Value value{};
  if (const auto found = from.find(name); found == from.end() || found->is_null()) return;
  get_added(from, name, value);
  to = value;
}

// In the order of the file.
template <class Sample, class Visit>
void visit_sample(Sample& sample, Visit visit) {
  visit("seconds", sample.seconds);
  visit("iops", sample.iops);
  visit("gib_per_s", sample.gib_per_s);
  visit("p50_us", sample.p50_us);
  visit("p99_us", sample.p99_us);
  visit("p999_us", sample.p999_us);
  visit("max_us", sample.max_us);
  visit("user_s", sample.user_s);
  visit("system_s", sample.system_s);
  visit("voluntary_switches", sample.voluntary_switches);
  visit("involuntary_switches", sample.involuntary_switches);
  visit("operations", sample.operations);
  visit("errors", sample.errors);
  visit("timeouts", sample.timeouts);
  visit("cancelled", sample.cancelled);
  visit("wrong_blocks", sample.wrong_blocks);
}

template <class Sample, class Visit>
void visit_added(Sample& sample, Visit visit) {
  visit("io_wq_s", sample.io_wq_s);
  visit("syscalls_per_op", sample.syscalls_per_op);
  visit("due", sample.due);
  visit("not_begun", sample.not_begun);
}

json sample_json(const round_sample& sample) {
  json to = json::object();
  const auto put = [&](const char* name, const auto& value) { to[name] = json_of(value); };
  visit_sample(sample, put);
  visit_added(sample, put);
  return to;
}

round_sample sample_from(const json& from) {
  round_sample sample;
  visit_sample(sample, [&](const char* name, auto& value) { from.at(name).get_to(value); });
  visit_added(sample, [&](const char* name, auto& value) { get_added(from, name, value); });
  return sample;
}

json row_json(const result_row& row) {
  json to{{"engine", row.engine},         {"rw", row.rw},
          {"block", row.setting.block},   {"rate", row.setting.rate},
          {"depth", row.setting.depth},   {"direct", row.direct},
          {"shards", row.setting.shards}, {"client_threads", row.setting.client_threads}};
  to["pool_threads"] = json_of(row.pool_threads);
  to["rounds"] = row.rounds;
  to["seconds"] = row.seconds;
  to["offered_per_s"] = json_of(row.offered_per_s);
  to["iops"] = row.iops;
  to["gib_per_s"] = row.gib_per_s;
  to["p50_us"] = row.p50_us;
  to["p99_us"] = row.p99_us;
  to["p999_us"] = row.p999_us;
  to["cpu_s_per_million"] = row.cpu_s_per_million;
  to["cpu_user_s_per_million"] = row.cpu_user_s_per_million;
  to["cpu_system_s_per_million"] = row.cpu_system_s_per_million;
  to["cpu_io_wq_s_per_million"] = row.cpu_io_wq_s_per_million;
  to["voluntary_switches_per_op"] = row.voluntary_switches_per_op;
  to["involuntary_switches_per_op"] = row.involuntary_switches_per_op;
  to["syscalls_per_op"] = json_of(row.syscalls_per_op);
  to["operations"] = row.operations;
  to["errors"] = row.errors;
  to["timeouts"] = row.timeouts;
  to["cancelled"] = row.cancelled;
  to["wrong_blocks"] = row.wrong_blocks;
  to["due"] = row.due;
  to["not_begun"] = row.not_begun;
  to["latency"] = histogram_json(row.latency);
  to["samples"] = json::array();
  for (const round_sample& sample : row.samples)
    to["samples"].push_back(sample_json(sample));
  return to;
}

result_row row_from(const json& from) {
  result_row row;
  from.at("engine").get_to(row.engine);
  from.at("rw").get_to(row.rw);
  from.at("block").get_to(row.setting.block);
  from.at("depth").get_to(row.setting.depth);
  from.at("direct").get_to(row.direct);
  from.at("shards").get_to(row.setting.shards);
  from.at("client_threads").get_to(row.setting.client_threads);
  if (const auto& threads = from.at("pool_threads"); !threads.is_null()) row.pool_threads = threads.get<unsigned>();
  from.at("rounds").get_to(row.rounds);
  from.at("seconds").get_to(row.seconds);
  from.at("iops").get_to(row.iops);
  from.at("gib_per_s").get_to(row.gib_per_s);
  from.at("p50_us").get_to(row.p50_us);
  from.at("p99_us").get_to(row.p99_us);
  from.at("p999_us").get_to(row.p999_us);
  from.at("cpu_s_per_million").get_to(row.cpu_s_per_million);
  from.at("operations").get_to(row.operations);
  from.at("errors").get_to(row.errors);
  from.at("timeouts").get_to(row.timeouts);
  from.at("cancelled").get_to(row.cancelled);
  from.at("wrong_blocks").get_to(row.wrong_blocks);
  if (!from.contains("samples")) return row; // what an older program wrote
  from.at("cpu_user_s_per_million").get_to(row.cpu_user_s_per_million);
  from.at("cpu_system_s_per_million").get_to(row.cpu_system_s_per_million);
  from.at("voluntary_switches_per_op").get_to(row.voluntary_switches_per_op);
  from.at("involuntary_switches_per_op").get_to(row.involuntary_switches_per_op);
  get_added(from, "cpu_io_wq_s_per_million", row.cpu_io_wq_s_per_million);
  get_added(from, "syscalls_per_op", row.syscalls_per_op);
  get_added(from, "rate", row.setting.rate);
  get_added(from, "offered_per_s", row.offered_per_s);
  get_added(from, "due", row.due);
  get_added(from, "not_begun", row.not_begun);
  row.latency = histogram_from(from.at("latency"));
  for (const json& sample : from.at("samples"))
    row.samples.push_back(sample_from(sample));
  return row;
}

} // namespace

void to_json(json& to, const result_set& from) {
  to = {{"environment", from.environment}, {"results", json::array()}};
  for (const auto& row : from.rows)
    to["results"].push_back(row_json(row));
}

void from_json(const json& from, result_set& to) {
  to.environment = from.at("environment");
  to.rows.clear();
  for (const auto& row : from.at("results"))
    to.rows.push_back(row_from(row));
}

const result_row* find_row(const std::vector<result_row>& rows, const std::string& engine, const load_case& setting) {
  const auto found =
      std::ranges::find_if(rows, [&](const result_row& row) { return row.engine == engine && row.setting == setting; });
  return found == rows.end() ? nullptr : &*found;
}

const result_row* best_pool(const std::vector<result_row>& rows, const load_case& setting) {
  const auto better = [&](const result_row& one, const result_row& other) {
    return setting.rate.open() ? one.p99_us.median < other.p99_us.median : one.iops.median > other.iops.median;
  };
  const result_row* best = nullptr;
  for (const auto& row : rows)
    if (row.engine == "pool" && row.setting == setting && (best == nullptr || better(row, *best))) best = &row;
  return best;
}

std::vector<load_case> cases_of(const std::vector<result_row>& rows) {
  std::vector<load_case> cases;
  for (const auto& row : rows)
    cases.push_back(row.setting);
  std::ranges::sort(cases);
  cases.erase(std::ranges::unique(cases).begin(), cases.end());
  return cases;
}

std::vector<case_group> groups_of(const std::vector<result_row>& rows) {
  std::vector<case_group> groups;
  for (const load_case& each : cases_of(rows)) {
    load_case like_last = each;
    if (!groups.empty()) like_last.depth = groups.back().back().depth;
    if (groups.empty() || like_last != groups.back().back()) groups.emplace_back();
    groups.back().push_back(each);
  }
  return groups;
}

} // namespace shardbridge::bench
