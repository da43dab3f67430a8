#pragma once

#include <shardbridge/detail/call_request.hpp>
#include <shardbridge/detail/call_to_shard.hpp>
#include <shardbridge/io_options.hpp>

#include <coroutine>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace shardbridge::detail {

/// What shard::call() returns: the function stays in it, and its result comes there.
template <class Function>
class shard_call final : private call_to_shard {
 public:
  using value_type = typename call_result<std::invoke_result_t<Function, shard&>>::type;

  shard_call(shard_runtime& on, std::size_t from, std::size_t to, Function function, const io_options& options)
      : call_to_shard(on, from, to, options), asked_{.file = {}, .function = std::move(function)} {
    asked_.prepare(*this);
  }

  bool await_ready() noexcept { return answered_at_once(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { begin(awaiting); }
  value_type await_resume() {
    throw_unless_run();
    return asked_.result.take();
  }

 private:
  call_request<Function, value_type> asked_;
};

} // namespace shardbridge::detail
