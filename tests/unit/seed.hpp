// Goal: random tests that differ from run to run and can be repeated.
// Method: a new seed each time, named by every failure; SHARDBRIDGE_TEST_SEED repeats it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>

namespace shardbridge::detail {

inline std::uint64_t test_seed() {
  // Nothing changes the environment while tests run.
  const char* const given = std::getenv("SHARDBRIDGE_TEST_SEED"); // NOLINT(concurrency-mt-unsafe)
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

/// What random programs are made of.
class dice {
 public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}

  /// 0 to sides - 1.
  std::size_t roll(std::size_t sides) { return static_cast<std::size_t>(engine_() % sides); }
  bool one_in(std::size_t sides) { return roll(sides) == 0; }

 private:
  std::mt19937_64 engine_;
};

} // namespace shardbridge::detail

/// Names the seed in every failure of the scope.
#define TRACE_SEED(seed) SCOPED_TRACE(testing::Message() << "repeat with SHARDBRIDGE_TEST_SEED=" << (seed))
