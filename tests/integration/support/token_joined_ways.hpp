// Goal and method: see token_ways.hpp. With these an operation is begun first and waited for later.
#pragma once

#include "token_ways.hpp"

#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/experimental/promise.hpp>
#include <boost/asio/experimental/use_promise.hpp>

namespace shardbridge::tests {

/// Together with a function posted.
struct by_group : way_that_tells<true> {
  static constexpr const char* name = "a_parallel_group";
  static int start(place& where, const auto& operation, auto& into) {
    auto group = asio::experimental::make_parallel_group(operation(asio::deferred),
                                                         asio::post(where.executor(), asio::deferred));
    initiate(
        [&](auto&& token) {
          group.async_wait(asio::experimental::wait_for_all(), std::forward<decltype(token)>(token));
        },
        asio::bind_executor(where.executor(), [told = into.handler()](auto, const auto& failed, auto&&... values) {
          told(failed, std::forward<decltype(values)>(values)...);
        }));
    return 0;
  }
};

template <class Told>
constexpr bool tells_defaults = false;
template <class... Values>
constexpr bool tells_defaults<told<Values...>> = (std::is_default_constructible_v<Values> && ...);

/// Asked when it is kept, since asking while another thread keeps it is a race inside Asio.
struct by_promise : way_that_tells<true> {
  static constexpr const char* name = "use_promise";
  template <class Operation>
  static constexpr bool takes = tells_defaults<typename Operation::tells>;

  static auto start(place&, const auto& operation, auto&) {
    return initiate(operation, asio::experimental::use_promise);
  }
  static void collect(auto& promise, place& where, auto& into) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!promise.completed() && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    if (!promise.completed()) return;
    promise(into.handler());
    where.run();
  }
};

} // namespace shardbridge::tests
