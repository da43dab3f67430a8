#include "pressure_round.hpp"

namespace shardbridge::bench {
namespace {

/// A member and its name: both directions go through this one list.
template <class Round, class Visit>
void visit_members(Round& round, Visit visit) {
  visit("capacity", round.capacity);
  visit("base_rate", round.base_rate);
  visit("base", round.base);
  visit("overload", round.overload);
  visit("overload_seconds", round.overload_seconds);
  visit("samples", round.samples);
  visit("level_changes", round.level_changes);
  visit("level_changes_told", round.level_changes_told);
  visit("level_changes_counted", round.level_changes_counted);
  visit("seconds_in_level", round.seconds_in_level);
  visit("most_operations", round.most_operations);
  visit("at_memory_limit", round.at_memory_limit);
  visit("interrupted", round.interrupted);
}

} // namespace

void to_json(nlohmann::ordered_json& to, const pressure_round& from) {
  to = nlohmann::ordered_json::object();
  visit_members(from, [&](const char* name, const auto& member) { to[name] = member; });
}

void from_json(const nlohmann::ordered_json& from, pressure_round& to) {
  visit_members(to, [&](const char* name, auto& member) { from.at(name).get_to(member); });
}

void to_json(nlohmann::ordered_json& to, const level_change& from) {
  to = {{"t", from.t}, {"level", from.level}};
}

void from_json(const nlohmann::ordered_json& from, level_change& to) {
  from.at("t").get_to(to.t);
  from.at("level").get_to(to.level);
}

} // namespace shardbridge::bench
