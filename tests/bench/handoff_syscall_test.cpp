// Goal: the system calls of other threads are counted, of those there are and of those they start, and no others.
// Method: threads that make a known number of them.

#include "common/syscall_counter.hpp"

#include <gtest/gtest.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <barrier>
#include <thread>

namespace shardbridge::bench {
namespace {

void call_kernel(unsigned times) {
  for (unsigned i = 0; i != times; ++i)
    ::syscall(SYS_getppid);
}

TEST(syscall_counter, counts_other_threads_and_what_they_start) {
  if (const auto& obstacle = syscall_counter::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  std::barrier both(2);
  std::jthread other([&] {
    both.arrive_and_wait();
    call_kernel(1000);
    std::jthread([] { call_kernel(500); }).join();
    both.arrive_and_wait();
    both.arrive_and_wait();
  });
  const syscall_counter counter;
  both.arrive_and_wait();
  call_kernel(100'000);
  both.arrive_and_wait();
  const auto counted = counter.count();
  both.arrive_and_wait();
  EXPECT_GE(counted, 1500U);
  EXPECT_LT(counted, 5000U) << "waiting, and starting a thread, take some too";
}

} // namespace
} // namespace shardbridge::bench
