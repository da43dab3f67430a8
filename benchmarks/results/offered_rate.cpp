#include "offered_rate.hpp"

#include "../common/parse.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr std::uint64_t rate_max = 100'000'000;
constexpr std::uint64_t percent_max = 10'000;

offered_rate parse_rate(std::string_view option, std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  return {.value = parse_count(option, text, 1, percent ? percent_max : rate_max), .percent = percent};
}

} // namespace

std::vector<offered_rate> parse_rates(std::string_view option, std::string_view text) {
  if (text.empty()) return {offered_rate{}};
  std::vector<offered_rate> rates;
  for (const std::string& each : split_list(option, text)) {
    const offered_rate rate = parse_rate(option, each);
    if (std::ranges::find(rates, rate) == rates.end()) rates.push_back(rate);
  }
  return rates;
}

std::string rate_text(const offered_rate& rate) {
  return std::to_string(rate.value) + (rate.percent ? "% of what the first engine does" : " operations a second");
}

void to_json(nlohmann::ordered_json& to, const offered_rate& from) {
  to = nullptr;
  if (from.percent)
    to = std::to_string(from.value) + '%';
  else if (from.open())
    to = from.value;
}

void from_json(const nlohmann::ordered_json& from, offered_rate& to) {
  to = {};
  if (from.is_string())
    to = parse_rate("rate", from.get<std::string>());
  else if (!from.is_null())
    from.get_to(to.value);
}

} // namespace shardbridge::bench
