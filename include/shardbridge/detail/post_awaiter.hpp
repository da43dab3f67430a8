#pragma once

#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/notification.hpp>
#include <shardbridge/detail/notifier_core.hpp>
#include <shardbridge/error.hpp>

#include <boost/system/system_error.hpp>

#include <coroutine>
#include <cstdint>
#include <memory>
#include <utility>

namespace shardbridge::detail {

/// What a coroutine of a shard awaits that posts a function: it owns the function until that has room, and the core,
/// which may have lost its notifier meanwhile.
class post_awaiter final : private remote_waiter {
 public:
  enum class fate : std::uint8_t { open, accepted, no_room, stopped };

  post_awaiter(shard_runtime& on, std::shared_ptr<notifier_core> core, unsent_notification what) noexcept
      : remote_waiter(on), core_(std::move(core)), what_(std::move(what)) {}
  ~post_awaiter() {
    if (fate_ == fate::accepted) static_cast<void>(what_.release()); // it belongs to the executor, or is gone
  }
  post_awaiter(const post_awaiter&) = delete;
  post_awaiter& operator=(const post_awaiter&) = delete;

  bool await_ready() const noexcept { return runtime.scope().cancelled(); }
  bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
    suspend(awaiting);
    if (!core_->post(*this, runtime.stopping())) return false;
    expect();
    return true;
  }
  void await_resume() const {
    if (fate_ == fate::accepted) return;
    if (fate_ != fate::no_room) throw_if_interrupted(runtime, "post");
    throw boost::system::system_error(make_error_code(fate_ == fate::no_room ? errc::no_room : errc::stopped), "post");
  }

 private:
  friend class notifier_core;

  [[nodiscard]] const char* waits_for() const noexcept override { return "post"; }
  bool let_go() noexcept override { return core_->withdraw(*this); }

  const std::shared_ptr<notifier_core> core_;
  unsent_notification what_;
  fate fate_ = fate::open; ///< from where it waits until it is woken, under the lock of the core
};

} // namespace shardbridge::detail
