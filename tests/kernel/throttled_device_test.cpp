// Goal: throttled_device stalls direct reads for about the time chosen, and leaves this process where it was.
// Method: the same read with and without the throttle against the clock; the process's control groups afterwards.
#include "ring_test.hpp"

#include <fstream>

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

TEST(throttled_device_fixture, stalls_direct_reads_for_the_time_chosen) {
  NEED_THROTTLE();
  {
    throttled_device device;
    aligned_buffer buffer(256 << 10);
    const auto read_all = [&] {
      const auto before = std::chrono::steady_clock::now();
      EXPECT_EQ(::pread(device.descriptor(), buffer.bytes(), buffer.size(), 0), static_cast<ssize_t>(buffer.size()));
      return std::chrono::steady_clock::now() - before;
    };
    device.stall_reads(buffer.size(), 600ms);
    EXPECT_GE(read_all(), 300ms);
    device.unthrottle();
    EXPECT_LT(read_all(), 300ms);
    EXPECT_EQ(buffer.text(buffer.size()), make_pattern(buffer.size()));
  }
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);)
    EXPECT_EQ(line.find("shardbridge-"), std::string::npos) << line;
}

} // namespace
} // namespace kernel_tests
