#pragma once

#include <nlohmann/json.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardbridge::bench {

/// How many operations an open loop offers; none: the loop is closed, every client begins its next operation when the
/// last one has ended.
struct offered_rate {
  std::uint64_t value = 0; ///< A second, or in percent of what an engine does in a closed loop.
  bool percent = false;

  bool open() const noexcept { return value != 0; }
  friend auto operator<=>(const offered_rate&, const offered_rate&) = default;
};

/// Comma-separated, each "20000" or "50%"; an empty text is one closed loop. Throws bad_input.
std::vector<offered_rate> parse_rates(std::string_view option, std::string_view text);

/// "20000 operations a second", "50% of what the first engine does"
std::string rate_text(const offered_rate& rate);

// A number, or "50%"; null for a closed loop.
void to_json(nlohmann::ordered_json& to, const offered_rate& from);
void from_json(const nlohmann::ordered_json& from, offered_rate& to);

} // namespace shardbridge::bench
