// Calls to all shards of a group at once.
#pragma once

#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>
#include <shardbridge/when.hpp>

#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>
#include <vector>

namespace shardbridge::detail {

template <class Function>
using called_result = typename call_result<std::invoke_result_t<Function&, shard&>>::type;

template <class Function>
task<called_result<Function>> call_one(shard& from, std::size_t index, Function function) {
  co_return co_await from.call(index, std::move(function));
}
template <class Function>
task<> call_one_noting(shard& from, std::size_t index, Function function, std::exception_ptr& first_failure) {
  try {
    co_await from.call(index, std::move(function));
  } catch (...) {
    if (!first_failure) first_failure = std::current_exception();
  }
}

/// Calls a copy of `function` on every shard, and gives what they give, in the order of the shards. If one fails, the
/// others are cancelled, as by when_all().
template <class Function>
[[nodiscard]] auto call_all(shard& from, const Function& function) {
  std::vector<task<called_result<Function>>> all;
  all.reserve(from.group_size());
  for (std::size_t index = 0; index < from.group_size(); ++index)
    all.push_back(call_one(from, index, function));
  return when_all(from, std::move(all));
}

/// The same to the end of each: what failed first is thrown behind the last.
template <class Function>
task<> call_all_to_the_end(shard& from, Function function) {
  std::exception_ptr first_failure;
  std::vector<task<>> all;
  all.reserve(from.group_size());
  for (std::size_t index = 0; index < from.group_size(); ++index)
    all.push_back(call_one_noting(from, index, function, first_failure));
  co_await when_all(from, std::move(all));
  if (first_failure) std::rethrow_exception(first_failure);
}

} // namespace shardbridge::detail
