// Goal: tell a hang from a machine that is slow. Method: a kind of which something is under way, and of which nothing
// has ended for as long as patience lasts, hangs.
#pragma once

#include "ledger.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace shardbridge::soak {

class watchdog {
 public:
  using clock = std::chrono::steady_clock;

  explicit watchdog(clock::duration patience) : patience_(patience) {}

  /// The kind that has hung longest, if any has.
  std::optional<kind> look(const tallies& seen, clock::time_point now) {
    std::optional<std::size_t> worst;
    for (std::size_t each = 0; each < kind_count; ++each) {
      const std::uint64_t ended = seen[each].ended();
      watched& of = kinds_[each];
      if (!of.seen || ended != of.ended || seen[each].begun <= ended) of = {true, ended, now};
      if (now - of.moved > patience_ && (!worst || of.moved < kinds_[*worst].moved)) worst = each;
    }
    return worst ? std::optional(static_cast<kind>(*worst)) : std::nullopt;
  }

 private:
  struct watched {
    bool seen = false;
    std::uint64_t ended = 0;
    clock::time_point moved{}; ///< when something last ended, or nothing was under way
  };

  const clock::duration patience_;
  std::array<watched, kind_count> kinds_{};
};

} // namespace shardbridge::soak
