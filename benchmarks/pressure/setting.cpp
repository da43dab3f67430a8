#include "setting.hpp"

#include "../common/failure.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace shardbridge::bench {
namespace {

constexpr std::array<std::string_view, 3> engine_names{"refuse", "wait", "pool"};
constexpr std::array<std::string_view, 3> device_names{"real", "throttled", "stall"};

/// A member and its name: both directions of the pipe go through this one list.
template <class Setting, class Visit>
void visit_members(Setting& setting, Visit visit) {
  visit("path", setting.path);
  visit("size", setting.size);
  visit("block", setting.block);
  visit("direct", setting.direct);
  visit("throttled_rate", setting.throttled_rate);
  visit("stall", setting.stall);
  visit("max_ops", setting.max_ops);
  visit("max_waiters", setting.max_waiters);
  visit("shards", setting.shards);
  visit("pool_threads", setting.pool_threads);
  visit("client_threads", setting.client_threads);
  visit("producers", setting.producers);
  visit("base_load", setting.base_load);
  visit("device_rate", setting.device_rate);
  visit("overload_rate", setting.overload_rate);
  visit("base_seconds", setting.base_seconds);
  visit("seconds", setting.seconds);
  visit("drain_seconds", setting.drain_seconds);
  visit("memory_limit", setting.memory_limit);
  visit("seed", setting.seed);
}

} // namespace

pressure_kind parse_pressure_kind(std::string_view name) {
  for (const auto kind : {pressure_kind::refuse, pressure_kind::wait, pressure_kind::pool})
    if (name == to_string(kind)) return kind;
  throw bad_input("--engine '" + std::string(name) + "' is unknown; there are refuse, wait and pool");
}

device_kind parse_device_kind(std::string_view name) {
  for (const auto kind : {device_kind::real, device_kind::throttled, device_kind::stall})
    if (name == to_string(kind)) return kind;
  throw bad_input("--device '" + std::string(name) + "' is none of real, throttled and stall");
}

std::string_view to_string(pressure_kind kind) noexcept {
  return engine_names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(device_kind kind) noexcept {
  return device_names[static_cast<std::size_t>(kind)];
}

void to_json(nlohmann::ordered_json& to, const pressure_setting& from) {
  to = {{"engine", to_string(from.engine)}, {"device", to_string(from.device)}};
  visit_members(from, [&](const char* name, const auto& member) { to[name] = member; });
}

void from_json(const nlohmann::ordered_json& from, pressure_setting& to) {
  to.engine = parse_pressure_kind(from.at("engine").get<std::string>());
  to.device = parse_device_kind(from.at("device").get<std::string>());
  visit_members(to, [&](const char* name, auto& member) { from.at(name).get_to(member); });
}

} // namespace shardbridge::bench
