#pragma once

#include <shardbridge/detail/deadline.hpp>
#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/own_operation.hpp>
#include <shardbridge/io_options.hpp>

#include <cerrno>
#include <coroutine>
#include <optional>
#include <tuple>
#include <utility>

namespace shardbridge::detail {

/// What a request of files or paths comes to where code on a shard awaits it. The end of a file is no error there: it
/// shows in the number of bytes. For requests see async_operation.
template <class Request>
class verb final : public own_operation {
 public:
  /// `answered`: its result without asking the kernel.
  verb(shard_runtime& on, Request asked, const io_options& options, const char* name,
       std::optional<op_result> answered = {})
      : own_operation(on, asked.code), asked_(std::move(asked)), answered_(answered), name_(name) {
    if (options.timeout || options.deadline)
      deadline = deadline_of({.timeout = options.timeout, .deadline = options.deadline}, no_timeout);
    priority = options.priority;
  }

  /// What it brought goes with it if its task is destroyed before it goes on: an open file is closed.
  ~verb() {
    if (ready) asked_.absorb(*this);
  }
  verb(const verb&) = delete;
  verb& operator=(const verb&) = delete;

  bool await_ready() {
    if (interrupted(runtime)) answered_ = runtime.interruption();
    if constexpr (requires { asked_.check(); }) {
      if (!answered_) answered_ = asked_.check();
    }
    return answered_.has_value();
  }
  void await_suspend(std::coroutine_handle<> awaiting) {
    file = asked_.file.get();
    if (file != nullptr) epoch = file->epoch();
    patient = waits_for_others(code) || (code == op_code::read && !file->regular);
    asked_.prepare(*this);
    begin(awaiting);
  }
  /// Nothing, the one result, or all of them in a tuple. Throws boost::system::system_error, unless the result tells.
  auto await_resume() {
    if (answered_)
      result = *answered_;
    else
      asked_.absorb(*this);
    if (result.kind == result_kind::end_of_file) result.kind = result_kind::success;
    // Its scope knows why.
    if (result.kind == result_kind::aborted && interrupted(runtime)) result = runtime.interruption();
    if constexpr (!requires { Request::tells_errors; }) throw_unless_success(result, name_);
    auto results = asked_.results(result);
    constexpr auto count = std::tuple_size_v<decltype(results)>;
    if constexpr (count == 1)
      return std::get<0>(std::move(results));
    else if constexpr (count > 1)
      return results;
  }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return name_; }

  Request asked_;
  std::optional<op_result> answered_;
  const char* const name_;
};

} // namespace shardbridge::detail
