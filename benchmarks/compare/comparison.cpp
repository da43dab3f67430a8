#include "comparison.hpp"

#include "../common/failure.hpp"
#include "../results/spread_json.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

/// What one row says.
struct row {
  std::string measured;
  unsigned rounds = 0;
  std::vector<std::pair<std::string, spread>> quantities; ///< in the order of the file
};

bool is_spread(const json& value) {
  return value.is_object() && value.size() == 3 && value.contains("min") && value.contains("median") &&
         value.contains("max");
}

void collect(const std::string& prefix, const json& from, row& to) {
  for (const auto& [name, value] : from.items()) {
    if (is_spread(value))
      to.quantities.emplace_back(prefix + name, value.get<spread>());
    else if (value.is_object())
      collect(prefix + name + ".", value, to);
  }
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// "depth 32"; a name alone for what is its own explanation.
std::string text_of(const std::string& name, const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? name : "not " + name;
  return name + " " + value.dump();
}

row read_row(const json& from) {
  row to;
  bool identity = true;
  for (const auto& [name, value] : from.items()) {
    if (name == "rounds") {
      identity = false;
      to.rounds = value.get<unsigned>();
    } else if (identity && !value.is_null()) {
      to.measured += (to.measured.empty() ? "" : ", ") + text_of(name, value);
    }
  }
  if (identity) throw bad_input("a result without rounds");
  collect("", from, to);
  return to;
}

std::vector<row> read_rows(const json& from, const std::string& name) {
  try {
    std::vector<row> out;
    for (const json& each : from.at("results"))
      out.push_back(read_row(each));
    if (out.empty()) throw bad_input("it has none");
    return out;
  } catch (const std::exception& error) {
    throw bad_input("'" + name + "' does not hold results that can be compared: " + error.what());
  }
}

/// Of an object that both files have, or one of them.
void add_changes(std::vector<environment_change>& to, const char* object, const json& before, const json& after) {
  const json old = before.value(object, json::object()), now = after.value(object, json::object());
  const json unknown = "?";
  for (const auto& [name, value] : old.items()) {
    const json& other = now.contains(name) ? now.at(name) : unknown;
    if (name != "date" && value != other) to.push_back({name, text_of(value), text_of(other)});
  }
  for (const auto& [name, value] : now.items())
    if (!old.contains(name)) to.push_back({name, text_of(unknown), text_of(value)});
}

verdict judge(const std::string& quantity, const spread& before, const spread& after) {
  const bool more = after.min > before.max, less = after.max < before.min;
  if (!more && !less) return verdict::within_noise;
  switch (meaning_of_more(quantity)) {
  case direction::better:
    return more ? verdict::better : verdict::worse;
  case direction::worse:
    return more ? verdict::worse : verdict::better;
  case direction::neither:
    break;
  }
  return verdict::different;
}

void compare_rows(const row& before, const row& after, comparison& to) {
  for (const auto& [name, was] : before.quantities) {
    const auto now = std::ranges::find(after.quantities, name, &std::pair<std::string, spread>::first);
    if (now == after.quantities.end()) continue;
    to.differences.push_back({before.measured, name, was, now->second, judge(name, was, now->second)});
  }
  const bool first = to.rounds_before == 0;
  if (!first && before.rounds + after.rounds >= to.rounds_before + to.rounds_after) return;
  to.rounds_before = before.rounds;
  to.rounds_after = after.rounds;
}

} // namespace

direction meaning_of_more(const std::string& quantity) {
  const std::string_view last = std::string_view(quantity).substr(quantity.rfind('.') + 1);
  constexpr std::array rates{"iops",       "gib_per_s", "ops_per_s", "requests_per_second",
                             "times_asio", "fairness",  "completed", "admitted"};
  if (std::ranges::find(rates, last) != rates.end()) return direction::better;
  for (const std::string_view unit : {"_us", "_ms", "_mib", "_us_per_op"})
    if (last.ends_with(unit)) return direction::worse;
  for (const std::string_view part : {"cpu", "calls", "latency", "memory", "switches"})
    if (last.find(part) != std::string_view::npos) return direction::worse;
  return direction::neither;
}

double comparison::chance_of_error() const {
  if (rounds_before == 0) return 1;
  // Of all orders of n + m equal rounds two have all of the one before all of the other: 2 n! m! / (n + m)!
  double orders = 1;
  for (unsigned each = 1; each <= rounds_before; ++each)
    orders *= static_cast<double>(rounds_after + each) / each;
  return std::min(1.0, 2 / orders);
}

comparison compare(const json& before, const std::string& before_name, const json& after,
                   const std::string& after_name) {
  const std::vector<row> olds = read_rows(before, before_name);
  std::vector<row> news = read_rows(after, after_name);
  comparison out;
  for (const char* const object : {"environment", "setting"})
    add_changes(out.environment, object, before, after);
  for (const row& old : olds) {
    const auto now = std::ranges::find(news, old.measured, &row::measured);
    if (now == news.end()) {
      out.only_before.push_back(old.measured);
      continue;
    }
    compare_rows(old, *now, out);
    news.erase(now);
  }
  for (const row& each : news)
    out.only_after.push_back(each.measured);
  return out;
}

} // namespace shardbridge::bench
