#pragma once

#include <shardbridge/detail/result.hpp>
#include <shardbridge/detail/shard_runtime.hpp>

#include <boost/system/system_error.hpp>

#include <coroutine>
#include <cstdint>

namespace shardbridge::detail {

/// An operation that code on a shard awaits: it lives in the coroutine, and the loop starts it in turn with those of
/// bridges. It must not be destroyed before it has ended.
class own_operation final : public operation, private waiter {
 public:
  own_operation(shard_runtime& on, op_code what, const char* name) noexcept
      : operation(what, &own_operation::deliver), waiter(on), name_(name) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) {
    coroutine = awaiting;
    runtime.begin_own(*this);
  }
  /// Bytes moved, a size, a descriptor. Throws boost::system::system_error.
  std::uint64_t await_resume() const {
    if (result.kind != result_kind::success) throw boost::system::system_error(to_error_code(result), name_);
    return result.value;
  }

 private:
  static void deliver(operation& op, bridge_core*, delivery) {
    auto& self = static_cast<own_operation&>(op);
    self.runtime.make_ready(self);
  }

  const char* const name_;
};

/// Lets everybody else who is ready go first.
class turn_over final : private waiter {
 public:
  explicit turn_over(shard_runtime& on) noexcept : waiter(on) {}

  bool await_ready() const noexcept { return runtime.stopping(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    coroutine = awaiting;
    runtime.make_ready(*this);
  }
  void await_resume() const {
    if (runtime.stopping()) throw boost::system::system_error(make_error_code(errc::stopped), "yield");
  }
};

/// Until the pressure is no higher than wanted.
class level_wait final : private level_waiter {
 public:
  using level_waiter::level_waiter;

  bool await_ready() const noexcept { return runtime.stopping(); }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    coroutine = awaiting;
    return runtime.wait_level(*this);
  }
  void await_resume() const {
    if (runtime.stopping()) throw boost::system::system_error(make_error_code(errc::stopped), "wait_level");
  }
};

} // namespace shardbridge::detail
