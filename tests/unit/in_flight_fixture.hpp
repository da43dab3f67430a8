// Goal: the operations in the kernel without a loop around them.
// Method: the fake driver below, a sink above that remembers what ended and how.
#pragma once

#include "fake_driver.hpp"
#include "test_operation.hpp"

#include <shard_side/in_flight.hpp>

#include <deque>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace shardbridge::detail {

struct ended {
  const operation* op;
  op_result result;

  friend bool operator==(const ended& a, const ended& b) { return a.op == b.op && a.result == b.result; }
  friend std::ostream& operator<<(std::ostream& out, const ended& each) { return out << each.op << ' ' << each.result; }
};

class remembering_sink final : public in_flight::sink {
 public:
  void finish(operation& op, op_result result) override { all.push_back({&op, result}); }
  void arrived(operation& op, const arrival& what) override { came.push_back({&op, what}); }
  void park(operation& held) override { holding.push_back(&held); }
  /// A sync that was held has ended; a close goes on, which is the test's business.
  void announce(operation& parked) override {
    if (std::erase(holding, &parked) == 1)
      all.push_back({&parked, parked.result});
    else
      announced.push_back(&parked);
  }
  void message_failed(std::uint32_t shard) override { unreached.push_back(shard); }
  struct come {
    const operation* op;
    arrival what;
  };
  std::vector<ended> all;
  std::vector<come> came;
  std::vector<operation*> holding, announced;
  std::vector<std::uint32_t> unreached;
};

class in_flight_test : public testing::Test {
 public:
  static constexpr int fake_fd = 1000000;
  using reason = op_fsm::reason;

  ~in_flight_test() override {
    EXPECT_EQ(flights.size(), 0U) << "a slot is left";
    EXPECT_TRUE(kernel.under_way.empty()) << "the kernel still has something";
  }

  /// Takes what was submitted to the kernel, completes the oldest, and takes the completions.
  void complete(std::int32_t result) {
    kernel.enter(driver::no_wait);
    ASSERT_FALSE(kernel.under_way.empty());
    kernel.complete(result);
    flights.reap();
  }
  [[nodiscard]] const submission& submitted(std::size_t at = 0) const { return kernel.under_way.at(at).what; }
  static op_result moved(std::uint64_t bytes) { return {result_kind::success, 0, bytes}; }
  static int open_null() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }
  static bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
  using list = std::vector<ended>;

  test_file regular{true, fake_fd};
  test_file pipe{false, fake_fd + 1};
  fake_driver kernel;
  loop_counters counters;
  remembering_sink told;
  in_flight flights{kernel, 4, true, counters, told};
};

} // namespace shardbridge::detail
