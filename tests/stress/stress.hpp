// What the stress tests share: a seed that can be given again, a length that does not depend on the machine, and the
// count of answers that must come out even.
#pragma once

#include "support/service.hpp"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <random>

namespace shardbridge::tests {

/// How long each test goes on.
inline constexpr std::chrono::milliseconds stress_length = 1500ms;

/// From the environment variable SHARDBRIDGE_SEED, else a new one; printed.
inline std::uint64_t seed() {
  const char* const given = std::getenv("SHARDBRIDGE_SEED");
  const std::uint64_t out = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "SHARDBRIDGE_SEED=" << out << std::endl; // flushed: the test may hang
  return out;
}

class dice {
 public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}
  /// 0 to sides - 1.
  std::uint64_t roll(std::uint64_t sides) {
    return std::uniform_int_distribution<std::uint64_t>(0, sides - 1)(engine_);
  }
  bool one_in(std::uint64_t sides) { return roll(sides) == 0; }

 private:
  std::mt19937_64 engine_;
};

/// Operations initiated and handlers called.
struct balance {
  std::atomic<std::uint64_t> initiated = 0;
  std::atomic<std::uint64_t> answered = 0;
  std::atomic<std::uint64_t> unexpected = 0; ///< errors that nothing in the test explains

  /// A handler that counts, and checks that it is called once.
  auto handler() {
    ++initiated;
    return [this, once = false](const error_code& failed, auto...) mutable {
      if (std::exchange(once, true) || !explained(failed)) ++unexpected;
      ++answered;
    };
  }

  /// What cancels, deadlines, stops and full bridges lead to.
  static bool explained(const error_code& told) {
    return !told || told == asio::error::operation_aborted || told == asio::error::eof ||
           told == boost::system::errc::timed_out || told == errc::stopped || told == errc::no_room ||
           told == errc::outcome_unknown;
  }

  void expect_even() const {
    EXPECT_EQ(answered, initiated);
    EXPECT_EQ(unexpected, 0U);
    EXPECT_GT(initiated, 0U);
  }
};

} // namespace shardbridge::tests
