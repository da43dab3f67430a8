// What two results of the same measurement say about the difference between them: which of its quantities have changed
// by more than chance does.
//
// It knows of no command: in a row that `--json` writes, what stands before `rounds` says what was measured, and every
// object of min, median and max behind it is a quantity. A change is beyond the noise if no round of the one lies
// within the range of the other: then every round of one is better than every round of the other.
#pragma once

#include "../common/statistics.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What more of a quantity is.
enum class direction { better, worse, neither };

/// By its name: rates are better, times, CPU, calls and memory worse.
direction meaning_of_more(const std::string& quantity);

enum class verdict { within_noise, better, worse, different };

struct difference {
  std::string measured; ///< "bridge, randread, block 4096, depth 32"
  std::string quantity; ///< "iops", "base.from_initiation.p50_ms"
  spread before, after;
  verdict found = verdict::within_noise;

  /// After by before; 0 where before is.
  [[nodiscard]] double ratio() const noexcept { return before.median > 0 ? after.median / before.median : 0; }
};

struct environment_change {
  std::string what, before, after;
};

struct comparison {
  std::vector<environment_change> environment; ///< and setting: what makes figures differ, or may
  std::vector<difference> differences;         ///< of all quantities that both have
  std::vector<std::string> only_before, only_after;
  unsigned rounds_before = 0, rounds_after = 0; ///< of the two rows with the fewest; 0: nothing was compared

  /// How often one quantity of two equal programs would lie apart like this all the same, with those rounds.
  [[nodiscard]] double chance_of_error() const;
};

/// Of two whole files. Throws bad_input, with `before_name` or `after_name` in it, where one has no results.
comparison compare(const nlohmann::ordered_json& before, const std::string& before_name,
                   const nlohmann::ordered_json& after, const std::string& after_name);

} // namespace shardbridge::bench
