#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What went wrong in a run, over all engines and rounds.
struct incidents {
  std::uint64_t errors = 0;
  std::uint64_t wrong_blocks = 0;
  std::vector<std::string> messages; ///< The first few about errors and wrong blocks: the next thousand say the same.

  void note(std::string sentence);
  /// `who` stands before its messages.
  void merge(const incidents& other, const std::string& who = {});
};

/// Tells the user, and returns what the program ends with when nothing went wrong. Throws failure otherwise.
int verdict(const incidents& of_run);

} // namespace shardbridge::bench
