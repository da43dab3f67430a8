// shardbridge-instructions: does fixed numbers of each step of the hot path, on one thread and without a ring, so that
// callgrind counts the same instructions in each run. It prints the name of each step and how often it was done; see
// scripts/check-instructions, which divides the one by the other.
#include "steps.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstdio>
#include <exception>

#include <sys/sysinfo.h>

/// How many cores there are decides how permits are divided between threads: here, the same number on each machine.
int get_nprocs() noexcept {
  return 2;
}

int main() {
  using namespace shardbridge::bench;
  try {
    std::printf("compiler %s\n", SHARDBRIDGE_COMPILER);
    // In a handler, where Asio keeps the memory of operations for the next ones.
    boost::asio::io_context context;
    boost::asio::post(context, [] {
      count_operations();
      count_tasks();
      count_pieces();
    });
    context.run();
    return 0;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "shardbridge-instructions: %s\n", failed.what());
    return 1;
  }
}
