#pragma once

#include <shardbridge/options.hpp>

#include <stdexcept>
#include <string>

namespace shardbridge::detail {

/// Throws std::invalid_argument with a sentence that names the mark; `owner`: whose option they are.
inline void check(const watermarks& marks, const std::string& owner) {
  const auto require = [&owner](bool sensible, const char* sentence) {
    if (!sensible) throw std::invalid_argument(owner + "::watermarks." + sentence);
  };
  const auto sensible = [](const watermarks::mark& mark) {
    return mark.leave >= 1 && mark.leave <= mark.enter && mark.enter <= 100;
  };
  const auto& [throttled, suspended] = marks;
  require(sensible(throttled), "throttled must have 0 < leave <= enter <= 100");
  require(sensible(suspended), "suspended must have 0 < leave <= enter <= 100");
  require(suspended.enter >= throttled.enter && suspended.leave >= throttled.leave,
          "suspended must not be below throttled");
}

} // namespace shardbridge::detail
