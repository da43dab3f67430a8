// Goal: whatever bridges send, cancel and stop, and whatever the kernel answers, every operation pushed is handed back
// exactly once, and slots, deadlines, held operations, files and descriptors are all gone in the end.
// Method: random programs with a printed seed. The loop runs by itself; whenever it enters the fake kernel, bridges and
// kernel make some steps, and time is what the fake kernel says.
#include "open_descriptors.hpp"
#include "random_loop.hpp"

namespace shardbridge::detail {
namespace {

void run_programs(std::uint64_t count, bool kernel_fails) {
  const std::uint64_t seed = test_seed();
  const int null_fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const std::size_t before = open_descriptors();
  for (std::uint64_t program = 0; program < count && !testing::Test::HasFailure(); ++program) {
    TRACE_SEED(seed + program);
    random_loop(dice(seed + program), null_fd, kernel_fails).run();
  }
  EXPECT_EQ(open_descriptors(), before) << "a descriptor is left open";
  ::close(null_fd);
}

TEST(shard_loop, hands_every_operation_back_once) {
  run_programs(20000, false);
}

TEST(shard_loop, hands_every_operation_back_once_although_the_kernel_fails) {
  run_programs(5000, true);
}

} // namespace
} // namespace shardbridge::detail
