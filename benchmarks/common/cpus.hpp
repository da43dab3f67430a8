#pragma once

#include <sched.h>

#include <cstdint>
#include <vector>

namespace shardbridge::bench {

/// The CPUs this thread may run on, ascending.
std::vector<int> usable_cpus();

/// The most shards that tell anything: more than a few a core measure nothing but the scheduler.
std::uint64_t shards_max();

/// Keeps this thread, and for good the threads that it starts meanwhile, on some CPUs. Throws run_failure.
class on_cpus {
 public:
  explicit on_cpus(const std::vector<int>& cpus);
  on_cpus(const on_cpus&) = delete;
  on_cpus& operator=(const on_cpus&) = delete;
  ~on_cpus();

 private:
  cpu_set_t before_;
};

} // namespace shardbridge::bench
