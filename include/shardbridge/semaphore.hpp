#pragma once

#include <shardbridge/detail/semaphore_core.hpp>
#include <shardbridge/semaphore_units.hpp>
#include <shardbridge/shard.hpp>

#include <cstddef>
#include <memory>

namespace shardbridge {

/** @brief A number of units that tasks of one shard share: connections, bytes in memory, requests on their way. Who
 *  wants more than there are waits; first come, first served, so that one who wants many is not overtaken by those who
 *  want few.
 *
 *      const shardbridge::semaphore_units room = co_await in_memory.acquire(size);
 *
 *  Memory is allocated by the constructor alone. What need not wait does not let others run.
 *  @par Ownership     units may outlive it, but tasks must not use it any more. Those that wait in it when it is
 *                     destroyed are told.
 *  @par Cancellation  in a task that is cancelled, and on a shard that stops, acquire() throws what class shard says,
 *                     whether or not it would wait. A wait that was over before keeps its result. Who came later goes
 *                     on as if the one that is cancelled had not come.
 *  @par Thread-safety none: it is made, used and destroyed on its shard */
class semaphore {
 public:
  /// Throws std::bad_alloc.
  semaphore(shard& on, std::size_t total)
      : runtime_(on.runtime()), core_(new detail::semaphore_core(runtime_, total)) {}
  semaphore(const semaphore&) = delete;
  semaphore& operator=(const semaphore&) = delete;
  ~semaphore() = default;

  /// Awaited, once: until there are so many units and all who came before have theirs. Throws `errc::too_large` if it
  /// never has so many, and `boost::asio::error::broken_pipe` if it is destroyed meanwhile.
  [[nodiscard]] auto acquire(std::size_t count = 1) noexcept {
    return detail::acquire_awaiter(runtime_, *core_, count);
  }
  /// None: acquire() would wait, or throw `errc::too_large`.
  semaphore_units try_acquire(std::size_t count = 1) noexcept { return core_->try_acquire(count); }

  /// How many units nobody holds. There may be some, and those who wait want more.
  [[nodiscard]] std::size_t available() const noexcept { return core_->available(); }
  /// How many there are.
  [[nodiscard]] std::size_t total() const noexcept { return core_->total(); }

 private:
  struct abandon {
    void operator()(detail::semaphore_core* core) const noexcept { core->abandon(); }
  };

  detail::shard_runtime& runtime_;
  const std::unique_ptr<detail::semaphore_core, abandon> core_;
};

} // namespace shardbridge
