#include <shard_side/running_group.hpp>

#include <bridge/blocked_signals.hpp>
#include <shard_side/cpus.hpp>
#include <shard_side/make_driver.hpp>
#include <shard_side/neighbours.hpp>
#include <shard_side/shard_loop.hpp>

#include <shardbridge/buffer_pool.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>

#include <pthread.h>
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
  require(options.backend == backend::automatic || options.backend == backend::io_uring ||
              options.backend == backend::thread_pool,
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

/// Those that this process may use, in the order in which shards take them.
std::vector<int> cpus_of_machine() {
  const auto all = static_cast<std::size_t>(std::max(::sysconf(_SC_NPROCESSORS_CONF), 0L));
  return pinning_order(allowed_cpus(), domains_of_machine(all).front());
}

template <class Function>
std::thread start_thread(std::size_t shard, Function function) {
  try {
    return std::thread(std::move(function));
  } catch (const std::system_error& refused) {
    throw std::system_error(refused.code(), "no thread for shard " + std::to_string(shard));
  }
}

} // namespace

running_group::running_group(shard_group_options given)
    : group_core(checked(std::move(given))), cpus_(cpus_of_machine()),
      registered_pools_(memories_of(options.registered_pools)), counters_(options.shards), kernels_(options.shards),
      pinned_(options.shards), backend_(options.backend) {
  const blocked_signals blocked;
  members_.reserve(options.shards);
  try {
    for (std::size_t index = 0; index < options.shards; ++index) {
      std::promise<beginning> started;
      std::promise<end> ended;
      auto begun = started.get_future();
      auto ending = ended.get_future();
      std::thread thread = start_thread(index, [this, index, started = std::move(started),
                                                ended = std::move(ended)]() mutable { run(index, started, ended); });
      members_.push_back({std::move(thread), std::move(ending)});
      beginning shard = begun.get();
      // The first decides for all and says why; what a later one says of its ring may be worse.
      if (index == 0 || shard.in_use == backend::io_uring) reason_ = std::move(shard.reason);
      backend_ = shard.in_use;
    }
    if (options.log) options.log(first_line());
  } catch (...) {
    // Hooks of those that have started may have called those that never will.
    for (std::size_t index = members_.size(); index < options.shards; ++index)
      ports[index].close_and_bounce(errc::stopped);
    stop();
    join();
    throw;
  }
}

std::string running_group::first_line() const {
  return "shardbridge: " + std::to_string(options.shards) + (options.shards == 1 ? " shard" : " shards") + " on " +
         (backend_ == backend::io_uring ? "io_uring" : "a thread pool") + ": " + reason_;
}

running_group::~running_group() {
  stop();
  join();
}

bool running_group::set_up(std::size_t index, std::promise<beginning>& started) {
  ::pthread_setname_np(::pthread_self(), ("shard-" + std::to_string(index)).c_str());
  try {
    const auto cpu = cpu_for(index, options, cpus_);
    const bool pinned = cpu && pin_this_thread(*cpu);
    if (pinned) pinned_[index] = cpu;
    // After pinning, so that the driver's memory is near the core.
    made_driver made = make_driver({.which = backend_,
                                    .options = options,
                                    .shard = index,
                                    .wake = ports[index].wake().event(),
                                    .cpus = cpus_,
                                    .pools = registered_pools_});
    kernels_[index] = std::move(made.kernel);
    const int address = kernels_[index]->address();
    ports[index].set_ring(address);
    const bool unheard = options.shard_wake == shard_wake::message && address < 0;
    started.set_value({made.reason + (cpu && !pinned ? "; shards could not be pinned" : "") +
                           (unheard ? "; no IORING_OP_MSG_RING: shards wake one another by eventfd" : ""),
                       made.in_use});
    return true;
  } catch (...) {
    started.set_exception(std::current_exception());
    return false;
  }
}

void running_group::run(std::size_t index, std::promise<beginning>& started, std::promise<end>& ended) {
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
