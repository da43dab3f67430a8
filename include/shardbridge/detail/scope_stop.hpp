#pragma once

#include <shardbridge/detail/message.hpp>
#include <shardbridge/detail/shard_runtime.hpp>

#include <atomic>
#include <cassert>
#include <optional>
#include <stop_token>
#include <utility>

namespace shardbridge::detail {

/// Cancels a scope when a stop is requested, by any thread. On the shard of the scope, which outlives it.
class scope_stop final : private message {
 public:
  scope_stop(shard_runtime& on, cancel_scope& scope, std::stop_token token) : runtime_(on), scope_(scope) {
    if (token.stop_requested())
      scope_.cancel(why);
    else
      callback_.emplace(std::move(token), requested{*this});
  }
  scope_stop(const scope_stop&) = delete;
  scope_stop& operator=(const scope_stop&) = delete;
  ~scope_stop() {
    // Waits for a callback that runs: then it was posted or never will be.
    callback_.reset();
    if (posted_.load(std::memory_order_relaxed) && !arrived_) runtime_.forget(*this);
  }

 private:
  struct requested {
    scope_stop& self;
    void operator()() const noexcept {
      self.posted_.store(true, std::memory_order_relaxed); // seen by the end of the callback
      self.runtime_.post(self);
    }
  };
  static constexpr op_result why{result_kind::aborted, 0, 0};

  void arrive(shard_runtime&) noexcept override {
    arrived_ = true;
    scope_.cancel(why);
  }
  void bounce(errc) noexcept override { assert(false && "shardbridge: a shard has ended before a task of it"); }

  shard_runtime& runtime_;
  cancel_scope& scope_;
  std::atomic<bool> posted_{false};
  bool arrived_ = false;
  std::optional<std::stop_callback<requested>> callback_;
};

} // namespace shardbridge::detail
