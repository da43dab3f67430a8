// Goal and method: see token_ways.hpp. These are awaited, by coroutines with a stack and without.
#pragma once

#include "token_ways.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace shardbridge::tests {

template <class Result, class... Values>
asio::awaitable<void> tell_awaited(asio::awaitable<Result> awaited, told<Values...>& into) {
  try {
    if constexpr (std::is_void_v<Result>) {
      co_await std::move(awaited);
      into.set_here(into.redirected, std::tuple<Values...>());
    } else {
      Result result = co_await std::move(awaited);
      into.set_here(into.redirected, std::tuple<Values...>(std::move(result)));
    }
  } catch (const boost::system::system_error& thrown) {
    into.set_here(thrown.code(), {});
  }
}

struct by_awaitable : way_that_tells<false> {
  static constexpr const char* name = "use_awaitable";
  static int start(place& where, const auto& operation, auto& into) {
    asio::co_spawn(where.executor(), tell_awaited(operation(asio::use_awaitable), into), asio::detached);
    return 0;
  }
};

/// Not of exceptions, which are thrown on.
struct by_redirect_error : way_that_tells<true> {
  static constexpr const char* name = "redirect_error";
  template <class Operation>
  static constexpr bool takes = !Operation::throws;

  static int start(place& where, const auto& operation, auto& into) {
    auto awaited = operation(asio::redirect_error(asio::use_awaitable, into.redirected));
    asio::co_spawn(where.executor(), tell_awaited(std::move(awaited), into), asio::detached);
    return 0;
  }
};

/// Joined with something else.
struct by_operators : way_that_tells<false> {
  static constexpr const char* name = "awaitable_operators";
  static asio::awaitable<void> turn() { co_await asio::post(asio::use_awaitable); }
  static int start(place& where, const auto& operation, auto& into) {
    using namespace asio::experimental::awaitable_operators;
    asio::co_spawn(where.executor(), tell_awaited(operation(asio::use_awaitable), into) && turn(), asio::detached);
    return 0;
  }
};

struct by_as_tuple : way_that_tells<true> {
  static constexpr const char* name = "as_tuple";
  template <class First, class... Values>
  static asio::awaitable<void> tell(asio::awaitable<std::tuple<First, Values...>> awaited, told<Values...>& into) {
    auto all = co_await std::move(awaited);
    std::apply([&](const First& failed, Values&... values) { into.handler()(failed, std::move(values)...); }, all);
  }
  static int start(place& where, const auto& operation, auto& into) {
    asio::co_spawn(where.executor(), tell(operation(asio::as_tuple(asio::use_awaitable)), into), asio::detached);
    return 0;
  }
};

} // namespace shardbridge::tests
