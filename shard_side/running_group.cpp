#include <shard_side/running_group.hpp>

#include <shard_side/cpus.hpp>
#include <shard_side/neighbours.hpp>
#include <shard_side/shard_loop.hpp>

#include <shardbridge/buffer_pool.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <system_error>

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

void require(bool sensible, const char* sentence) {
  if (!sensible) throw std::invalid_argument(sentence);
}

shard_group_options checked(shard_group_options options) {
  require(options.shards >= 1 && options.shards <= 1024, "shard_group_options::shards must be 1 to 1024");
  require(options.ring_entries >= 2 && options.ring_entries <= 16384,
          "shard_group_options::ring_entries must be 2 to 16384");
  require(options.receive_buffers <= 32768 &&
              (options.receive_buffers == 0 || std::has_single_bit(options.receive_buffers)),
          "shard_group_options::receive_buffers must be 0 or a power of two up to 32768");
  require(options.receive_buffer_bytes >= 256 && options.receive_buffer_bytes <= (std::size_t{1} << 30U),
          "shard_group_options::receive_buffer_bytes must be 256 to 2^30");
  require(options.timeout > std::chrono::nanoseconds::zero(), "shard_group_options::timeout must be positive");
  require(options.spin >= std::chrono::nanoseconds::zero() && options.spin <= std::chrono::seconds(1),
          "shard_group_options::spin must be 0 to 1 s");
  require(options.turn_slice > std::chrono::nanoseconds::zero() && options.turn_slice <= std::chrono::seconds(1),
          "shard_group_options::turn_slice must be positive and at most 1 s");
  require(options.stall_bound > std::chrono::nanoseconds::zero(), "shard_group_options::stall_bound must be positive");
  require(options.shutdown_timeout >= std::chrono::nanoseconds::zero(),
          "shard_group_options::shutdown_timeout must not be negative");
  require(options.backend == backend::automatic || options.backend == backend::io_uring,
          "shard_group_options::backend is none of the enumerators");
  require(options.io_workers >= 1 && options.io_workers <= 4096, "shard_group_options::io_workers must be 1 to 4096");
  require(options.shard_wake == shard_wake::eventfd || options.shard_wake == shard_wake::message,
          "shard_group_options::shard_wake is none of the enumerators");
  require(options.timeout_mode == timeout_mode::linked || options.timeout_mode == timeout_mode::timer,
          "shard_group_options::timeout_mode is none of the enumerators");
  require(std::ranges::find(options.registered_pools, nullptr) == options.registered_pools.end(),
          "shard_group_options::registered_pools must not contain null");
  const auto allowed = allowed_cpus();
  require(std::ranges::all_of(options.cpus, [&](int cpu) { return std::ranges::find(allowed, cpu) != allowed.end(); }),
          "shard_group_options::cpus names a CPU that this process may not use");
  return options;
}

std::vector<std::shared_ptr<buffer_memory>> memories_of(const std::vector<const buffer_pool*>& pools) {
  std::vector<std::shared_ptr<buffer_memory>> out;
  for (const buffer_pool* const each : pools)
    out.push_back(each->memory());
  return out;
}

/// Registers it with the ring; if that fails, why.
std::string register_memory(uring_driver& kernel, const std::vector<std::shared_ptr<buffer_memory>>& pools) {
  if (pools.empty()) return {};
  std::vector<std::span<std::byte>> regions;
  for (const auto& each : pools)
    regions.push_back(extent_of(*each));
  const registered_memory all(regions);
  const int failed = kernel.register_memory(all);
  if (failed == 0) return {};
  std::string why = "; " + std::to_string(all.bytes()) +
                    " bytes of pools could not be registered with a ring: " + std::generic_category().message(failed);
  rlimit limit{};
  if (failed == ENOMEM && ::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    why += " (RLIMIT_MEMLOCK is " + std::to_string(limit.rlim_cur) + ")";
  return why;
}

/// Those that this process may use, in the order in which shards take them.
std::vector<int> cpus_of_machine() {
  const auto all = static_cast<std::size_t>(std::max(::sysconf(_SC_NPROCESSORS_CONF), 0L));
  return pinning_order(allowed_cpus(), domains_of_machine(all).front());
}

/// Signals are for the application's threads: while they are blocked, a thread that is started inherits the block.
class blocked_signals {
 public:
  blocked_signals() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~blocked_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  blocked_signals(const blocked_signals&) = delete;
  blocked_signals& operator=(const blocked_signals&) = delete;

 private:
  sigset_t before_{};
};

} // namespace

running_group::running_group(shard_group_options given)
    : group_core(checked(std::move(given))), cpus_(cpus_of_machine()),
      registered_pools_(memories_of(options.registered_pools)), counters_(options.shards), kernels_(options.shards),
      pinned_(options.shards) {
  const blocked_signals blocked;
  members_.reserve(options.shards);
  try {
    for (std::size_t index = 0; index < options.shards; ++index) {
      std::promise<std::string> started;
      std::promise<end> ended;
      auto description = started.get_future();
      auto ending = ended.get_future();
      std::thread thread([this, index, started = std::move(started), ended = std::move(ended)]() mutable {
        run(index, started, ended);
      });
      members_.push_back({std::move(thread), std::move(ending)});
      reason_ = description.get();
    }
  } catch (...) {
    // Hooks of those that have started may have called those that never will.
    for (std::size_t index = members_.size(); index < options.shards; ++index)
      ports[index].close_and_bounce(errc::stopped);
    stop();
    join();
    throw;
  }
}

running_group::~running_group() {
  stop();
  join();
}

bool running_group::set_up(std::size_t index, std::promise<std::string>& started) {
  ::pthread_setname_np(::pthread_self(), ("shard-" + std::to_string(index)).c_str());
  std::optional<uring_driver>& kernel = kernels_[index];
  try {
    const auto cpu = cpu_for(index, options, cpus_);
    const bool pinned = cpu && pin_this_thread(*cpu);
    if (pinned) pinned_[index] = cpu;
    // After pinning, so that the ring's memory is near the core.
    kernel.emplace(uring_driver::setup{.entries = options.ring_entries,
                                       .receive_buffers = static_cast<std::uint16_t>(options.receive_buffers),
                                       .receive_buffer_bytes = options.receive_buffer_bytes,
                                       .zero_copy_from = options.zero_copy_from.value_or(UINT64_MAX)},
                   ports[index].wake().event());
    kernel->limit_workers(options.io_workers);
    ports[index].set_ring(kernel->address());
    const bool unheard = options.shard_wake == shard_wake::message && kernel->address() < 0;
    const std::string unregistered = register_memory(*kernel, registered_pools_);
    started.set_value(kernel->description() + unregistered + (cpu && !pinned ? "; shards could not be pinned" : "") +
                      (unheard ? "; no IORING_OP_MSG_RING: shards wake one another by eventfd" : ""));
    return true;
  } catch (...) {
    started.set_exception(std::current_exception());
    return false;
  }
}

void running_group::run(std::size_t index, std::promise<std::string>& started, std::promise<end>& ended) {
  if (!set_up(index, started)) {
    ports[index].close_and_bounce(errc::shard_failed);
    return ended.set_value(end::clean);
  }
  std::shared_ptr<running_group> keep;
  shard_loop loop(ports, *kernels_[index], options, index, counters_[index]);
  loop.run();
  if (loop.quarantined() == 0) {
    kernels_[index]->leave_thread();
    return ended.set_value(end::clean);
  }
  // The thread must not end either: its exit waits for the kernel's workers, which wait for the device.
  keep = shared_from_this();
  ended.set_value(end::quarantined);
  loop.outlast_quarantined();
  kernels_[index]->leave_thread();
}

std::vector<std::size_t> running_group::shards_by_cpu() const {
  const auto cpus = static_cast<std::size_t>(std::max(::sysconf(_SC_NPROCESSORS_CONF), 0L));
  return nearest_shards(pinned_, domains_of_machine(cpus), cpus);
}

void running_group::stop() noexcept {
  for (shard_port& each : ports)
    each.request_stop();
}

void running_group::join() noexcept {
  const std::lock_guard lock(joining_);
  for (member& each : members_) {
    if (!each.thread.joinable()) continue;
    assert(each.thread.get_id() != std::this_thread::get_id() &&
           "a shard group cannot be joined or destroyed on its own shard");
    if (each.ended.get() == end::clean) {
      each.thread.join();
    } else {
      each.thread.detach();
      outlived_ = true;
    }
  }
  if (!outlived_) kernels_.clear();
}

std::vector<shard_stats> running_group::stats() {
  std::vector<shard_stats> out;
  out.reserve(counters_.size());
  for (std::size_t index = 0; index < counters_.size(); ++index)
    out.push_back(counters_[index].snapshot(ports[index].wake().wakes_sent()));
  return out;
}

} // namespace shardbridge::detail
