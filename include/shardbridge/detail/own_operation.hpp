#pragma once

#include <shardbridge/detail/shard_runtime.hpp>

#include <coroutine>

namespace shardbridge::detail {

/// An operation that code on a shard awaits: it lives in the coroutine, and the loop starts it in turn with those of
/// bridges. It must not be destroyed before it has been delivered.
class own_operation : public operation, public waiter {
 public:
  [[nodiscard]] bool withdraw() noexcept final {
    runtime.interrupt_own(*this);
    return false;
  }

 protected:
  own_operation(shard_runtime& on, op_code what) noexcept : operation(what, &own_operation::make_ready), waiter(on) {}
  ~own_operation() = default;

  /// From await_suspend.
  void begin(std::coroutine_handle<> awaiting) {
    suspend(awaiting);
    runtime.begin_own(*this);
  }

 private:
  static void make_ready(operation& op, bridge_core*, delivery) {
    auto& self = static_cast<own_operation&>(op);
    self.runtime.make_ready(self);
  }
};

} // namespace shardbridge::detail
