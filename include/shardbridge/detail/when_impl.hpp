// What is behind when_all() and when_any().
#pragma once

#include <shardbridge/detail/branch.hpp>
#include <shardbridge/task.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace shardbridge::detail {

/// What stands for the result of a task where others are beside it.
template <class T>
using storable = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
storable<T> take_storable(outcome<T>& from) {
  if constexpr (std::is_void_v<T>) {
    from.take();
    return {};
  } else {
    return from.take();
  }
}

/// Of all: what failed first, after which the others are cancelled.
class first_failure {
 public:
  explicit first_failure(cancel_scope& all) noexcept : all_(all) {}

  void ended(std::exception_ptr why) noexcept {
    if (!why || why_) return;
    why_ = std::move(why);
    all_.cancel({result_kind::aborted, 0, 0});
  }
  void rethrow() const {
    if (why_) std::rethrow_exception(why_);
  }

 private:
  cancel_scope& all_;
  std::exception_ptr why_;
};

/// Of any: which ended first, after which the others are cancelled.
class first_end {
 public:
  explicit first_end(cancel_scope& all) noexcept : all_(all) {}

  void ended(std::size_t which) noexcept {
    if (which_) return;
    which_ = which;
    all_.cancel({result_kind::aborted, 0, 0});
  }
  [[nodiscard]] std::size_t which() const noexcept { return *which_; }

 private:
  cancel_scope& all_;
  std::optional<std::size_t> which_;
};

template <class... T, std::size_t... Index>
task<std::tuple<storable<T>...>> run_all(shard_runtime& on, std::index_sequence<Index...>, task<T>... work) {
  branches_wait all(on, sizeof...(T));
  first_failure failure(all.inside);
  std::tuple<outcome<T>...> results;
  const auto ended = [&failure](const auto& result) { failure.ended(result.failure()); };
  const std::array<branch, sizeof...(T)> branches{
      run_beside(on, all, std::move(work), std::get<Index>(results), ended)...};
  co_await all;
  failure.rethrow();
  co_return std::tuple<storable<T>...>{take_storable(std::get<Index>(results))...};
}

template <class... T, std::size_t... Index>
task<std::variant<storable<T>...>> run_any(shard_runtime& on, std::index_sequence<Index...>, task<T>... work) {
  branches_wait all(on, sizeof...(T));
  first_end first(all.inside);
  std::tuple<outcome<T>...> results;
  const auto ends = [&first](std::size_t which) { return [&first, which](const auto&) { first.ended(which); }; };
  const std::array<branch, sizeof...(T)> branches{
      run_beside(on, all, std::move(work), std::get<Index>(results), ends(Index))...};
  co_await all;
  std::optional<std::variant<storable<T>...>> out;
  static_cast<void>(((first.which() == Index &&
                      (out.emplace(std::in_place_index<Index>, take_storable(std::get<Index>(results))), true)) ||
                     ...));
  co_return std::move(*out);
}

template <class T>
task<std::vector<storable<T>>> run_all(shard_runtime& on, std::vector<task<T>> work) {
  branches_wait all(on, work.size());
  first_failure failure(all.inside);
  std::vector<outcome<T>> results(work.size());
  const auto ended = [&failure](const auto& result) { failure.ended(result.failure()); };
  std::vector<branch> branches;
  branches.reserve(work.size());
  for (std::size_t each = 0; each < work.size(); ++each)
    branches.push_back(run_beside(on, all, std::move(work[each]), results[each], ended));
  co_await all;
  failure.rethrow();
  std::vector<storable<T>> out;
  out.reserve(results.size());
  for (outcome<T>& each : results)
    out.push_back(take_storable(each));
  co_return out;
}

template <class T>
task<std::pair<std::size_t, storable<T>>> run_any(shard_runtime& on, std::vector<task<T>> work) {
  branches_wait all(on, work.size());
  first_end first(all.inside);
  std::vector<outcome<T>> results(work.size());
  std::vector<branch> branches;
  branches.reserve(work.size());
  for (std::size_t each = 0; each < work.size(); ++each)
    branches.push_back(
        run_beside(on, all, std::move(work[each]), results[each], [&first, each](const auto&) { first.ended(each); }));
  co_await all;
  const std::size_t which = first.which();
  co_return std::pair<std::size_t, storable<T>>(which, take_storable(results[which]));
}

} // namespace shardbridge::detail
