#include <shard_side/make_driver.hpp>

#include <shardbridge/buffer_pool.hpp>

#include <shard_side/pool_driver.hpp>
#include <shard_side/uring_driver.hpp>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <system_error>

#include <sys/resource.h>

namespace shardbridge::detail {
namespace {

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

made_driver on_io_uring(const driver_setup& wanted) {
  const shard_group_options& options = wanted.options;
  auto kernel = std::make_unique<uring_driver>(
      uring_driver::setup{.entries = options.ring_entries,
                          .receive_buffers = static_cast<std::uint16_t>(options.receive_buffers),
                          .receive_buffer_bytes = options.receive_buffer_bytes,
                          .zero_copy_from = options.zero_copy_from.value_or(UINT64_MAX)},
      wanted.wake);
  kernel->limit_workers(options.io_workers);
  std::string reason = kernel->description() + fallbacks_of(kernel->features(), kernel->without_buffers(), options) +
                       register_memory(*kernel, wanted.pools);
  return {std::move(kernel), backend::io_uring, std::move(reason)};
}

made_driver on_threads(const driver_setup& wanted) {
  const shard_group_options& options = wanted.options;
  auto kernel = std::make_unique<pool_driver>(
      pool_driver::setup{.entries = options.ring_entries,
                         .receive_buffers = static_cast<std::uint16_t>(options.receive_buffers),
                         .receive_buffer_bytes = options.receive_buffer_bytes,
                         .workers = {.most = options.io_workers,
                                     .name = "shard-" + std::to_string(wanted.shard) + "-io",
                                     .cpus = wanted.cpus}},
      wanted.wake);
  std::string reason = "up to " + std::to_string(options.io_workers) + " threads a shard, and epoll";
  if (!wanted.pools.empty()) reason += "; pools are not registered, for there is no ring";
  return {std::move(kernel), backend::thread_pool, std::move(reason)};
}

/// What an administrator has forbidden; a seccomp filter cannot be seen.
std::string cause_of(const std::error_code& refused) {
  if (refused != std::errc::operation_not_permitted) return {};
  std::ifstream setting("/proc/sys/kernel/io_uring_disabled");
  int disabled = 0;
  if (setting >> disabled && disabled != 0) return " (kernel.io_uring_disabled is " + std::to_string(disabled) + ")";
  return " (by a seccomp filter, as containers have one)";
}

/// With the cause behind what the kernel says.
class refusal final : public std::system_error {
 public:
  explicit refusal(const std::system_error& failure)
      : system_error(failure), sentence_(failure.what() + cause_of(failure.code())) {}
  [[nodiscard]] const char* what() const noexcept override { return sentence_.what(); }

 private:
  std::runtime_error sentence_; // a string that is copied without a throw
};

made_driver on_io_uring_or_why_not(const driver_setup& wanted) {
  try {
    return on_io_uring(wanted);
  } catch (const std::system_error& failure) {
    throw refusal(failure);
  }
}

} // namespace

made_driver make_driver(const driver_setup& wanted) {
  if (wanted.which == backend::thread_pool) return on_threads(wanted);
  if (wanted.which == backend::io_uring) return on_io_uring_or_why_not(wanted);
  std::string refused;
  try {
    return on_io_uring_or_why_not(wanted);
  } catch (const refusal& failure) {
    refused = failure.what();
  }
  made_driver instead = on_threads(wanted);
  instead.reason = refused + "; instead: " + instead.reason;
  return instead;
}

} // namespace shardbridge::detail
