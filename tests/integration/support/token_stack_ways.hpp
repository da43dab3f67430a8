// Goal and method: see token_ways.hpp. A coroutine with a stack of its own awaits this. It puts errors aside, since
// AddressSanitizer takes an exception on such a stack for an error.
#pragma once

#include "token_ways.hpp"

#include <boost/asio/spawn.hpp>

namespace shardbridge::tests {

struct by_yield : way_that_tells<true> {
  static constexpr const char* name = "yield_context";
  /// Asio's handler for an exception and a value does not compile before Boost 1.83.
  template <class Operation>
  static constexpr bool takes = BOOST_ASIO_VERSION > 102800 || !Operation::throws;

  template <class... Values>
  static void tell(const auto& operation, const asio::yield_context& yield, told<Values...>& into) {
    if constexpr (sizeof...(Values) == 0) {
      operation(yield[into.redirected]);
      into.set_here(into.redirected, std::tuple<>());
    } else {
      auto result = operation(yield[into.redirected]);
      into.set_here(into.redirected, std::tuple<Values...>(std::move(result)));
    }
  }
  static int start(place& where, const auto& operation, auto& into) {
    asio::spawn(
        where.executor(), [operation, &into](const asio::yield_context& yield) { tell(operation, yield, into); },
        asio::detached);
    return 0;
  }
};

} // namespace shardbridge::tests
