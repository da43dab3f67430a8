#pragma once

#include "../common/statistics.hpp"
#include "engine.hpp"
#include "setting.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the rounds of one engine in one setting gave.
struct echo_row {
  std::string engine;
  echo_setting what;
  unsigned rounds = 0;
  std::uint64_t requests = 0; ///< Of all rounds.
  spread requests_per_second;
  spread trip_p50_us;
  spread trip_p99_us;
  spread server_cpu_us; ///< A request.
  std::optional<spread> system_calls;
  /// Of its requests a second and those of the engine asio in the same round; nothing: that did not run.
  std::optional<spread> times_asio;
};

/// Everything a run says.
struct echo_set {
  nlohmann::ordered_json environment;
  double seconds = 0; ///< Asked for, a round.
  std::vector<echo_row> rows;
};

/// `asio`: the rounds of that engine, or nothing.
echo_row summarize(const std::string& engine, const echo_setting& what, const std::vector<echo_round>& rounds,
                   const std::vector<echo_round>* asio);

/// What `--json` writes.
void to_json(nlohmann::ordered_json& to, const echo_set& from);

} // namespace shardbridge::bench
