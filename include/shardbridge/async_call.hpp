#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/result.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace shardbridge {

namespace detail {

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
        run_task(on.runtime(), *this, {call_end(on.runtime(), op, goes_on), std::invoke(std::move(function), on)});
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
  static root run_task(shard_runtime&, call_request& self, running call) {
    try {
      if constexpr (std::is_void_v<Result>) {
        co_await std::move(call.work);
        self.result.succeed();
      } else {
        self.result.succeed(co_await std::move(call.work));
      }
    } catch (...) {
      self.result.fail(std::current_exception());
    }
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

} // namespace detail

/** @brief Runs `function(shard&)` on a shard and completes with what it returns or throws, or what the task<T> that it
 *  returns does.
 *  The shard does nothing else while a function runs, which therefore must not block; while a task waits, it does.
 *  @par Preconditions       the result is void, or default-constructible and movable
 *  @par Deadline            covers waiting and queueing; what has started is not interrupted
 *  @par Capacity            one permit, no bytes
 *  @par Handler signature   void(std::exception_ptr) or void(std::exception_ptr, Result)
 *  @par Executor            the handler's associated executor, by default the bridge's
 *  @par Cancellation        until the function starts
 *  @par Errors              what the function or task throws; `boost::system::system_error` with `errc`,
 *                           `operation_aborted`, or EINVAL for a shard that the group does not have;
 *                           `errc::outcome_unknown` where the task did not end before its shard did
 *  @par Thread-safety       any thread. The function is called on the shard, and stays in place until its task has
 * ended; it is destroyed on the handler's executor, or where the operation is destroyed uninvoked. */
template <class Executor, class Function,
          detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  requires std::invocable<Function, shard&>
auto async_call(basic_bridge<Executor>& on, std::size_t shard_index, Function&& function, const op_options& options,
                Token&& token = Token()) {
  using result = typename detail::call_result<std::invoke_result_t<Function, shard&>>::type;
  op_options placed = options;
  placed.shard = shard_index;
  return boost::asio::async_initiate<Token, typename detail::call_signature<result>::type>(
      detail::initiation<Executor>(on.impl(), on.get_executor()), token,
      detail::call_request<std::decay_t<Function>, result>{.file = {}, .function = std::forward<Function>(function)},
      placed, op_options{}, on.impl()->default_timeout(), shard_index, std::optional<detail::op_result>());
}
/// The same with default options.
template <class Executor, class Function,
          detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  requires std::invocable<Function, shard&>
auto async_call(basic_bridge<Executor>& on, std::size_t shard_index, Function&& function, Token&& token = Token()) {
  return async_call(on, shard_index, std::forward<Function>(function), op_options{}, std::forward<Token>(token));
}

} // namespace shardbridge
