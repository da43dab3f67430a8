// Goal: whatever is initiated, cancelled, late, stopped and destroyed in whatever order, on files that hang, fail,
// dawdle and come up short, every handler is called at most once, exactly once if its context lives, and every permit
// and buffer comes back. Method: random programs (random_program.hpp) on a FUSE file system and on a throttled device.
#include "random_program.hpp"

#include <fuse_fixture.hpp>
#include <temporary_folder.hpp>
#include <throttled_device.hpp>

#include <cerrno>
#include <limits>

namespace shardbridge::tests {
namespace {

using fixtures::fuse_fault;
using fixtures::fuse_op;

/// Programs for the length of a stress test, each begun in calm; all buffers are back in the end.
void run_programs(const std::vector<random_program::target>& targets, const std::function<void()>& calm,
                  const std::function<void(dice&)>& mischief) {
  const std::uint64_t first = seed();
  buffer_pool pool({.bytes = 64 << 20});
  std::uint64_t programs = 0;
  const auto end = std::chrono::steady_clock::now() + stress_length;
  while (std::chrono::steady_clock::now() < end && !testing::Test::HasFailure()) {
    SCOPED_TRACE(testing::Message() << "program of SHARDBRIDGE_SEED=" << first + programs);
    calm();
    random_program(first + programs, targets, pool, mischief).run();
    ++programs;
  }
  calm();
  for (const auto limit = std::chrono::steady_clock::now() + patience;
       pool.stats().buffers_in_use > 0 && std::chrono::steady_clock::now() < limit;)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(pool.stats().buffers_in_use, 0U) << "a buffer is lost";
  EXPECT_GT(programs, 0U);
}

TEST(exactly_once_under_stress, random_programs_on_a_file_system_that_misbehaves) {
  if (const std::string& reason = fixtures::fuse_fixture::why_unavailable(); !reason.empty()) GTEST_SKIP() << reason;
  fixtures::fuse_fixture fuse;
  const std::string path = fuse.make_file("file", 1000);
  const std::string other = fuse.make_file("other", 1000);
  std::jthread releaser([&](const std::stop_token& over) {
    for (; !over.stop_requested(); std::this_thread::sleep_for(2ms))
      fuse.release();
  });
  const auto mischief = [&](dice& chance) {
    static constexpr std::array ops{fuse_op::read, fuse_op::write, fuse_op::fsync, fuse_op::getattr};
    const fuse_op chosen = ops[chance.roll(ops.size())];
    fuse_fault fault;
    if (chance.one_in(3)) fault.hang = true;
    if (chance.one_in(3)) fault.delay = std::chrono::milliseconds(chance.roll(3));
    if (chance.one_in(4)) fault.error = std::array{EIO, ENOSPC, EINTR}[chance.roll(3)];
    if (chance.one_in(3)) fault.at_most = 1 + chance.roll(200);
    fuse.set(chosen, fault);
  };
  run_programs(
      {{path, open_flags::read_write, 200}, {other, open_flags::read_write, 200}}, [&] { fuse.clear(); }, mischief);
}

TEST(exactly_once_under_stress, random_programs_on_a_device_that_stalls) {
  if (const std::string& reason = fixtures::throttled_device::why_unavailable(); !reason.empty())
    GTEST_SKIP() << reason;
  fixtures::throttled_device device;
  const fixtures::temporary_folder folder;
  const std::string plain = folder.make_file("file", 8 * 4096);
  const auto mischief = [&](dice& chance) {
    if (chance.one_in(2))
      device.stall_reads(65536, fixtures::throttled_device::shortest_stall);
    else
      device.unthrottle();
  };
  run_programs(
      {{device.path(), open_flags::read_only | open_flags::direct, 65536}, {plain, open_flags::read_write, 512}},
      [&] { device.unthrottle(); }, mischief);
}

} // namespace
} // namespace shardbridge::tests
