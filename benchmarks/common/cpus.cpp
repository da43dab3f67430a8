#include "cpus.hpp"

#include "failure.hpp"

#include <algorithm>

namespace shardbridge::bench {

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu != CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) cpus.push_back(cpu);
  return cpus;
}

std::uint64_t shards_max() {
  return std::clamp<std::uint64_t>(usable_cpus().size() * 4, 16, 1024);
}

on_cpus::on_cpus(const std::vector<int>& cpus) {
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  for (const int cpu : cpus)
    CPU_SET(static_cast<unsigned>(cpu), &wanted);
  CPU_ZERO(&before_);
  if (::sched_getaffinity(0, sizeof(before_), &before_) != 0 || ::sched_setaffinity(0, sizeof(wanted), &wanted) != 0)
    throw run_failure("cannot choose the CPUs of a thread: " + errno_text());
}

on_cpus::~on_cpus() {
  ::sched_setaffinity(0, sizeof(before_), &before_);
}

} // namespace shardbridge::bench
