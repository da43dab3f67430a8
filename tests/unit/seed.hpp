// Goal: random tests that differ from run to run and can be repeated.
// Method: a new seed each time, named by every failure; SHARDBRIDGE_TEST_SEED repeats it. Or bytes that a fuzzer has
// chosen.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <span>

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
  /// As the bytes say, one a roll; behind them it goes on as it likes, always in the same way. The bytes stay the
  /// caller's.
  explicit dice(std::span<const std::uint8_t> bytes) : bytes_(bytes), engine_(bytes.size()) {}

  /// 0 to sides - 1.
  std::size_t roll(std::size_t sides) {
    if (bytes_.empty()) return static_cast<std::size_t>(engine_() % sides);
    const std::size_t out = bytes_.front() % sides;
    bytes_ = bytes_.subspan(1);
    return out;
  }
  bool one_in(std::size_t sides) { return roll(sides) == 0; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::mt19937_64 engine_;
};

} // namespace shardbridge::detail

/// Names the seed in every failure of the scope.
#define TRACE_SEED(seed) SCOPED_TRACE(testing::Message() << "repeat with SHARDBRIDGE_TEST_SEED=" << (seed))
