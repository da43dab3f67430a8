#pragma once

#include "statistics.hpp"

#include <optional>
#include <string>

namespace shardbridge::bench {

/// A ratio of medians, and whether it is known. It is known as well as both spreads together: their relative halves
/// are added up. Where that is more than 25 %, and more than the smaller median lies below the larger (as a share of
/// the larger), then it may as well be 1, and is not known.
struct ratio_of_medians {
  double value = 0;
  double uncertainty = 0; ///< relative
  bool known = false;
};

/// Nothing where there is nothing to divide, or to divide by.
std::optional<ratio_of_medians> ratio_of(const spread& mine, const spread& other);

/// "0.97"; "~" for one that is not known, "-" for none.
std::string ratio_text(const spread& mine, const spread& other);

/// What stands under a table with such ratios, in whole lines.
inline constexpr const char* ratio_legend =
    "~ is a ratio that is not known: the two +- together are more than 25% and more than the medians differ by.\n";

} // namespace shardbridge::bench
