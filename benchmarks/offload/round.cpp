#include "round.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace shardbridge::bench {

void to_json(nlohmann::json& to, const round_result& from) {
  nlohmann::json latency = nlohmann::json::array();
  for (const auto& [bucket, count] : from.totals.latency.entries())
    latency.push_back({bucket, count});
  to = {{"seconds", from.seconds},
        {"user_seconds", from.usage.user_seconds},
        {"system_seconds", from.usage.system_seconds},
        {"voluntary_switches", from.usage.voluntary_switches},
        {"involuntary_switches", from.usage.involuntary_switches},
        {"io_wq_seconds", from.io_wq_seconds},
        {"syscalls_per_op", from.syscalls_per_op ? nlohmann::json(*from.syscalls_per_op) : nlohmann::json(nullptr)},
        {"due", from.due},
        {"offering_seconds", from.offering_seconds},
        {"operations", from.totals.operations},
        {"bytes", from.totals.bytes},
        {"errors", from.totals.errors},
        {"timeouts", from.totals.timeouts},
        {"cancelled", from.totals.cancelled},
        {"wrong_blocks", from.totals.wrong_blocks},
        {"messages", from.totals.messages},
        {"latency", std::move(latency)}};
}

void from_json(const nlohmann::json& from, round_result& to) {
  from.at("seconds").get_to(to.seconds);
  from.at("user_seconds").get_to(to.usage.user_seconds);
  from.at("system_seconds").get_to(to.usage.system_seconds);
  from.at("voluntary_switches").get_to(to.usage.voluntary_switches);
  from.at("involuntary_switches").get_to(to.usage.involuntary_switches);
  from.at("io_wq_seconds").get_to(to.io_wq_seconds);
  if (const auto& calls = from.at("syscalls_per_op"); !calls.is_null()) to.syscalls_per_op = calls.get<double>();
  from.at("due").get_to(to.due);
  from.at("offering_seconds").get_to(to.offering_seconds);
  from.at("operations").get_to(to.totals.operations);
  from.at("bytes").get_to(to.totals.bytes);
  from.at("errors").get_to(to.totals.errors);
  from.at("timeouts").get_to(to.totals.timeouts);
  from.at("cancelled").get_to(to.totals.cancelled);
  from.at("wrong_blocks").get_to(to.totals.wrong_blocks);
  from.at("messages").get_to(to.totals.messages);
  for (const auto& entry : from.at("latency"))
    to.totals.latency.add({entry.at(0).get<std::size_t>(), entry.at(1).get<std::uint64_t>()});
}

} // namespace shardbridge::bench
