#pragma once

#include <shardbridge/detail/arrival.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/detail/shard_runtime.hpp>

#include <cassert>

namespace shardbridge::detail {

/// An operation of the shard's own that the kernel answers again and again, in the object that wants the answers. It
/// must not be destroyed between arm() and ended().
class multishot : public operation {
 public:
  /// Before ended().
  virtual void arrived(const arrival& what) noexcept = 0;

 protected:
  multishot(shard_runtime& on, op_code what) noexcept : operation(what, &multishot::deliver), runtime(on) {
    patient = true;
  }
  ~multishot() = default;

  /// It may end inside this call.
  void arm() noexcept {
    result = {};
    runtime.begin_own(*this);
  }
  /// Has it end soon. It may end inside this call.
  void disarm() noexcept { runtime.interrupt_own(*this); }
  /// `result` says why. Nothing is touched behind it.
  virtual void ended() noexcept = 0;

  shard_runtime& runtime;

 private:
  static void deliver(operation& op, bridge_core*, delivery) { static_cast<multishot&>(op).ended(); }
};

} // namespace shardbridge::detail
