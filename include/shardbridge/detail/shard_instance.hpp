// One instance of a service, on its shard.
//
// Threads: that of its shard.
//
// Invariants
//  1. An instance is made, started, stopped and destroyed on its shard.
//  2. While there is one, the shard knows it as a resident, and destroys it behind the last of its tasks if nobody has
//     before.
#pragma once

#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>

#include <concepts>
#include <exception>
#include <memory>

namespace shardbridge::detail {

template <class T>
concept has_start_hook = requires(T& service) {
  { service.start() } -> std::same_as<task<>>;
};
template <class T>
concept has_stop_hook = requires(T& service) {
  { service.stop() } -> std::same_as<task<>>;
};

/// A line of the cache for each: they belong to different shards.
template <class T>
class alignas(64) shard_instance final : private resident {
 public:
  shard_instance() = default;
  shard_instance(const shard_instance&) = delete;
  shard_instance& operator=(const shard_instance&) = delete;

  /// nullptr: there is none.
  [[nodiscard]] T* get() const noexcept { return service_.get(); }

  /// Makes and starts it; if that fails there is none. `args` must last until the task has ended.
  template <class... Args>
  task<> start(shard& here, const Args&... args) {
    service_ = std::make_unique<T>(here, args...);
    here.runtime().settle(*this);
    if constexpr (has_start_hook<T>) {
      std::exception_ptr failed;
      try {
        co_await service_->start();
      } catch (...) {
        failed = std::current_exception();
      }
      if (!failed) co_return;
      destroy(here);
      std::rethrow_exception(failed);
    }
    co_return;
  }

  /// Stops it, if there is one, and destroys it even where stopping fails.
  task<> stop(shard& here) {
    if (!service_) co_return;
    std::exception_ptr failed;
    if constexpr (has_stop_hook<T>) {
      try {
        co_await service_->stop();
      } catch (...) {
        failed = std::current_exception();
      }
    }
    destroy(here);
    if (failed) std::rethrow_exception(failed);
  }

 private:
  void destroy(shard& here) noexcept {
    here.runtime().forget(*this);
    service_.reset();
  }
  void shard_ends() noexcept override { service_.reset(); }

  std::unique_ptr<T> service_;
};

} // namespace shardbridge::detail
