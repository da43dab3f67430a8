#include "phase_totals.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace shardbridge::bench {
namespace {

nlohmann::ordered_json histogram_json(const shardbridge::latency_histogram& from) {
  nlohmann::ordered_json to = nlohmann::ordered_json::array();
  for (const auto& [bucket, count] : from.entries())
    to.push_back({bucket, count});
  return to;
}

shardbridge::latency_histogram histogram_from(const nlohmann::ordered_json& from) {
  shardbridge::latency_histogram to;
  for (const auto& entry : from)
    to.add({entry.at(0).get<std::size_t>(), entry.at(1).get<std::uint64_t>()});
  return to;
}

} // namespace

void to_json(nlohmann::ordered_json& to, const phase_totals& from) {
  to = {{"offered", from.offered},
        {"completed", from.completed},
        {"refused", from.refused},
        {"abandoned", from.abandoned},
        {"errors", from.went_wrong.errors},
        {"messages", from.went_wrong.messages},
        {"from_intended", histogram_json(from.from_intended)},
        {"from_initiation", histogram_json(from.from_initiation)},
        {"from_admission", histogram_json(from.from_admission)}};
}

void from_json(const nlohmann::ordered_json& from, phase_totals& to) {
  from.at("offered").get_to(to.offered);
  from.at("completed").get_to(to.completed);
  from.at("refused").get_to(to.refused);
  from.at("abandoned").get_to(to.abandoned);
  from.at("errors").get_to(to.went_wrong.errors);
  from.at("messages").get_to(to.went_wrong.messages);
  to.from_intended = histogram_from(from.at("from_intended"));
  to.from_initiation = histogram_from(from.at("from_initiation"));
  to.from_admission = histogram_from(from.at("from_admission"));
}

} // namespace shardbridge::bench
