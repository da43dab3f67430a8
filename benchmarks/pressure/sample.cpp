#include "sample.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <ranges>

namespace shardbridge::bench {
namespace {

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// A member and its name: both directions go through this one list.
template <class Sample, class Visit>
void visit_members(Sample& one, Visit visit) {
  visit("t", one.t);
  visit("seconds", one.seconds);
  visit("resident", one.resident);
  visit("queue", one.queue);
  visit("waiting", one.waiting);
  visit("level", one.level);
  visit("offered", one.offered);
  visit("admitted", one.admitted);
  visit("completed", one.completed);
  visit("refused", one.refused);
  visit("p50_ms", one.p50_ms);
  visit("p99_ms", one.p99_ms);
}

} // namespace

sample sample_between(const snapshot& before, const snapshot& now, const shardbridge::latency_histogram& recent) {
  sample result;
  static_cast<snapshot&>(result) = now;
  result.seconds = now.t - before.t;
  for (const auto count : {&snapshot::offered, &snapshot::admitted, &snapshot::completed, &snapshot::refused})
    result.*count = now.*count - before.*count;
  result.p50_ms = milliseconds(recent.quantile(0.5));
  result.p99_ms = milliseconds(recent.quantile(0.99));
  return result;
}

double rate_in(const std::vector<sample>& samples, phase in, std::uint64_t snapshot::*count) {
  std::uint64_t sum = 0;
  double seconds = 0;
  for (const auto& each : samples)
    if (each.in == in) {
      sum += each.*count;
      seconds += each.seconds;
    }
  return seconds > 0 ? static_cast<double>(sum) / seconds : 0;
}

std::uint64_t longest_queue(const std::vector<sample>& samples, phase in) {
  std::uint64_t longest = 0;
  for (const auto& each : samples)
    if (each.in == in) longest = std::max(longest, each.queue);
  return longest;
}

memory_use memory_of(const std::vector<sample>& samples, double settle_seconds) {
  memory_use result;
  const auto is = [](phase which) { return [which](const sample& each) { return each.in == which; }; };
  for (const auto& each : samples | std::views::filter(is(phase::base)))
    result.before = static_cast<double>(each.resident);
  const auto after = std::ranges::find_if(samples, is(phase::overload));
  auto settled = std::find_if(after, samples.end(), [&](const sample& each) { return each.t >= settle_seconds; });
  if (settled == samples.end() || std::none_of(settled + 1, samples.end(), is(phase::overload))) {
    // Too short to have settled.
    settled = after;
    result.settled = result.before;
  } else {
    result.settled = static_cast<double>(settled->resident);
  }
  result.peak = result.settled;
  for (; settled != samples.end(); ++settled)
    result.peak = std::max(result.peak, static_cast<double>(settled->resident));
  return result;
}

void to_json(nlohmann::ordered_json& to, const sample& from) {
  to = {{"phase", to_string(from.in)}};
  visit_members(from, [&](const char* name, const auto& member) { to[name] = member; });
}

void from_json(const nlohmann::ordered_json& from, sample& to) {
  const auto name = from.at("phase").get<std::string>();
  to.in = static_cast<phase>(std::ranges::find(phase_names, name) - phase_names.begin());
  visit_members(to, [&](const char* member_name, auto& member) { from.at(member_name).get_to(member); });
}

} // namespace shardbridge::bench
