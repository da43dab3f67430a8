// A line about how it goes: rewritten in place on a terminal, else one every ten seconds.
#pragma once

#include "../decisions/ledger.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace shardbridge::soak {

class progress_line {
 public:
  using clock = std::chrono::steady_clock;

  progress_line();

  struct state {
    std::chrono::seconds gone{}, left{};
    tallies counts{}; ///< of all drivers together
    std::uint64_t faults = 0;
    std::uint64_t wrong = 0;
  };
  /// Whether it is time for another one.
  [[nodiscard]] bool due(clock::time_point now) const { return now >= next_; }
  void write(const state& now_is, clock::time_point now);
  /// What is printed next begins at the left.
  void end();

 private:
  bool terminal_;
  clock::time_point before_, next_;
  tallies counts_{};
};

} // namespace shardbridge::soak
