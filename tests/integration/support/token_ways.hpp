// Goal: every token tells the same. Method: what each token gives its caller, put into one kind of record. Of a way:
//   start()              initiates with the token; what it returns is kept until the operation has ended
//   collect()            what is left to do then to learn of the result
//   tells                whether it tells anything
//   values_with_errors   whether it tells the values of an operation that failed
//   takes                whether Asio's token can be used for an operation at all
#pragma once

#include "token_told.hpp"

namespace shardbridge::tests {

/// Initiates on this thread, inside which no handler may be called.
auto initiate(const auto& operation, auto&& token) {
  struct guard {
    guard() { initiating = true; }
    ~guard() { initiating = false; }
  } const inside;
  return operation(std::forward<decltype(token)>(token));
}

/// What a call of a handler, or the end of a coroutine, tells leaves nothing to collect.
template <bool ValuesWithErrors>
struct way_that_tells {
  static constexpr bool tells = true;
  static constexpr bool values_with_errors = ValuesWithErrors;
  template <class Operation>
  static constexpr bool takes = true;
  static void collect(auto&, place&, auto&) {}
};

struct by_callback : way_that_tells<true> {
  static constexpr const char* name = "a_callback";
  static int start(place&, const auto& operation, auto& into) {
    initiate(operation, into.handler());
    return 0;
  }
};

struct by_deferred : way_that_tells<true> {
  static constexpr const char* name = "deferred";
  static int start(place&, const auto& operation, auto& into) {
    auto later = operation(asio::deferred);
    initiate([&](auto&& handler) { std::move(later)(std::forward<decltype(handler)>(handler)); }, into.handler());
    return 0;
  }
};

struct by_detached : way_that_tells<false> {
  static constexpr const char* name = "detached";
  static constexpr bool tells = false;
  static int start(place&, const auto& operation, auto&) {
    initiate(operation, asio::detached);
    return 0;
  }
};

struct by_future : way_that_tells<false> {
  static constexpr const char* name = "use_future";
  static auto start(place&, const auto& operation, auto&) { return initiate(operation, asio::use_future); }

  template <class Result, class... Values>
  static void collect(std::future<Result>& future, place& where, told<Values...>& into) try {
    if (future.wait_for(patience) != std::future_status::ready) return;
    if constexpr (std::is_void_v<Result>) {
      future.get();
      into.set({}, std::tuple<Values...>());
    } else {
      into.set({}, std::tuple<Values...>(future.get()));
    }
  } catch (const boost::system::system_error& failed) {
    where.seen.push_back(std::current_exception());
    into.set(failed.code(), {});
  }
};

} // namespace shardbridge::tests
