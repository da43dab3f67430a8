// How a step is counted: callgrind collects only where a `counted` lives, and writes what it collected under the step's
// name. Run by itself the program does the same work and counts nothing.
#pragma once

#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <valgrind/callgrind.h>

namespace shardbridge::bench {

/// As long as it lives, instructions of this thread are counted. None lives inside another.
class counted {
 public:
  counted() { CALLGRIND_TOGGLE_COLLECT; }
  ~counted() { CALLGRIND_TOGGLE_COLLECT; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
};

/// `step` does `operations` of what is counted. It is done before without being counted, so that memory is there,
/// functions are found and what adapts has adapted.
template <class Step>
void count(const char* name, std::size_t operations, Step step) {
  constexpr int warm_ups = 3;
  for (int each = 0; each < warm_ups; ++each)
    step();
  CALLGRIND_ZERO_STATS;
  step();
  CALLGRIND_DUMP_STATS_AT(name);
  std::printf("%s %zu\n", name, operations);
}

/// What is not done need not be counted.
inline void require(bool held, const char* what) {
  if (!held) throw std::runtime_error(std::string("not so: ") + what);
}

} // namespace shardbridge::bench
