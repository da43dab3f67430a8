#pragma once

#include <shardbridge/options.hpp>

namespace shardbridge::detail {

/// Whose turn it is where operations of both priorities wait: seven of the high ones, then one of the others.
class priority_turns {
 public:
  [[nodiscard]] priority next() const noexcept { return in_a_row_ < most_in_a_row ? priority::high : priority::normal; }
  /// One of them has gone; `other_waits`: one of the other priority did wait.
  void gone(priority which, bool other_waits) noexcept {
    in_a_row_ = which == priority::high && other_waits ? in_a_row_ + 1 : 0;
  }

 private:
  static constexpr unsigned most_in_a_row = 7;
  unsigned in_a_row_ = 0;
};

} // namespace shardbridge::detail
