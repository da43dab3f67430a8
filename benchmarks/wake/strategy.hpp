#pragma once

#include "cell.hpp"
#include "wake_round.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// A way for one thread to wake another. Throws std::exception from a round where this machine does not allow it.
struct strategy {
  using play = wake_round (*)(const round_setting&);

  const char* name;
  const char* summary;
  play sleeping;        ///< Null: it never sleeps.
  play awake;           ///< Looks before it sleeps.
  bool needs_two_cores; ///< One that waits never lets the other run.

  play of(wake_state state) const { return state == wake_state::sleeping ? sleeping : awake; }
  bool makes_sense(wake_state state, wake_core core) const {
    return of(state) != nullptr && (core == wake_core::other || !needs_two_cores);
  }
};

/// From the barest to the most comfortable.
const std::vector<strategy>& all_strategies();

/// Null when there is none of that name.
const strategy* find_strategy(const std::string& name);

} // namespace shardbridge::bench
