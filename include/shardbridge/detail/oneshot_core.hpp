#pragma once

#include <shardbridge/detail/gone.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/outcome.hpp>
#include <shardbridge/detail/wait_queue.hpp>

#include <coroutine>
#include <exception>
#include <utility>

namespace shardbridge::detail {

template <class T>
class oneshot_awaiter;

/// What has come of a oneshot, and who waits for it. One of the three functions is called, once.
template <class T>
class oneshot_core {
 public:
  explicit oneshot_core(shard_runtime& on) noexcept : waiting_(on) {}
  oneshot_core(const oneshot_core&) = delete;
  oneshot_core& operator=(const oneshot_core&) = delete;

  template <class... Value>
  void succeed(Value&&... value) noexcept {
    result_.succeed(std::forward<Value>(value)...);
    waiting_.end_all(wait_end::served);
  }
  void fail(std::exception_ptr why) noexcept {
    result_.fail(std::move(why));
    waiting_.end_all(wait_end::served);
  }
  /// Neither will come.
  void drop() noexcept {
    dropped_ = true;
    waiting_.end_all(wait_end::gone);
  }

  [[nodiscard]] bool over() const noexcept { return result_.known() || dropped_; }
  [[nodiscard]] bool awaited() const noexcept { return !waiting_.empty(); }

 private:
  friend oneshot_awaiter<T>;

  wait_queue waiting_; ///< one at most
  outcome<T> result_;
  bool dropped_ = false;
};

template <class T>
class oneshot_awaiter final : private queued_waiter {
 public:
  oneshot_awaiter(shard_runtime& on, oneshot_core<T>& of) noexcept : queued_waiter(on), of_(of) {}

  bool await_ready() const noexcept { return of_.over() || interrupted(runtime); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { wait_in(of_.waiting_, awaiting); }
  T await_resume() const {
    if (of_.dropped_) throw_gone("get");
    if (!of_.result_.known()) throw_if_interrupted(runtime, "get");
    return of_.result_.take();
  }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "get"; }

  oneshot_core<T>& of_;
};

} // namespace shardbridge::detail
