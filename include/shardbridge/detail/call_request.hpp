// A function or a task on its way to a shard, and its result on the way back.
#pragma once

#include <shardbridge/detail/file_ref.hpp>
#include <shardbridge/detail/outcome.hpp>
#include <shardbridge/detail/result.hpp>
#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/task.hpp>

#include <boost/system/system_error.hpp>

#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

namespace shardbridge::detail {

template <class Result>
struct call_signature {
  using type = void(std::exception_ptr, Result);
};
template <>
struct call_signature<void> {
  using type = void(std::exception_ptr);
};

/// What a call gives in the end: what the function returns, or what the task that it returns does.
template <class Returned>
struct call_result {
  using type = Returned;
};
template <class T>
struct call_result<task<T>> {
  using type = T;
};

/// Of a call whose task goes on without it: ends it when the task has ended, or has been destroyed.
class call_end {
 public:
  /// `goes_on`: whether it does, and stays where it is.
  call_end(shard_runtime& on, operation& call, const bool& goes_on) noexcept
      : runtime_(on), call_(&call), goes_on_(goes_on) {}
  call_end(call_end&& other) noexcept
      : runtime_(other.runtime_), call_(std::exchange(other.call_, nullptr)), goes_on_(other.goes_on_) {}
  call_end& operator=(call_end&&) = delete;
  ~call_end() {
    if (call_ != nullptr && goes_on_)
      runtime_.end_call(*call_, ended_ ? op_result{} : op_result::of(errc::outcome_unknown));
  }

  void task_ended() noexcept { ended_ = true; }

 private:
  shard_runtime& runtime_;
  operation* call_;
  const bool& goes_on_;
  bool ended_ = false;
};

/// A function on its way to a shard, and its result on the way back.
template <class Function, class Result>
struct call_request {
  static constexpr op_code code = op_code::call;
  file_ref file;
  Function function;
  outcome<Result> result{};
  bool goes_on = false;

  /// The operation holds this request, so the shard finds it there.
  void prepare(operation& op) noexcept {
    op.subject = this;
    op.run = [](operation& self, shard& on) { return static_cast<call_request*>(self.subject)->run(self, on); };
  }

  bool run(operation& op, shard& on) noexcept {
    try {
      if constexpr (is_task<std::invoke_result_t<Function, shard&>>) {
        runtime_of(on).make_room_for_task();
        running call{call_end(runtime_of(on), op, goes_on), std::invoke(std::move(function), on)};
        op.scope = &run_task(runtime_of(on), *this, std::move(call)).scope();
        goes_on = true;
        return false;
      } else if constexpr (std::is_void_v<Result>) {
        std::invoke(std::move(function), on);
        result.succeed();
      } else {
        result.succeed(std::invoke(std::move(function), on));
      }
    } catch (...) {
      result.fail(std::current_exception());
    }
    return true;
  }

  /// In this order, so that the call, and with it the function, outlasts the task.
  struct running {
    call_end end;
    task<Result> work;
  };
  static root run_task(shard_runtime&, call_request& self, running given) {
    running call(std::move(given));
    co_await std::move(call.work).settle(self.result);
    call.end.task_ended();
  }

  void absorb(operation&) noexcept {}

  template <class Handler>
  void complete(Handler handler, const op_result& how) {
    const std::exception_ptr failure =
        how.kind == result_kind::success
            ? result.failure()
            : std::make_exception_ptr(boost::system::system_error(to_error_code(how), "async_call"));
    if constexpr (std::is_void_v<Result>)
      std::move(handler)(failure);
    else
      std::move(handler)(failure, failure ? Result() : result.take());
  }
};

} // namespace shardbridge::detail
