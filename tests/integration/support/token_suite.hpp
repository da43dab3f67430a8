// Goal: every token works on every executor. Method: a typed test over the product of ways to tell and places. The
// bridge's executor is an any_io_executor at all of them, so only ways are compiled, and what they compile is shared;
// bridges of other types are tested in executor_types_test.cpp.
#pragma once

#include "token_scene.hpp"

#include <shardbridge/detail/sanitizers.hpp>

#include <tuple>

namespace shardbridge::tests {

template <class Way, class Place>
struct pairing {
  using way = Way;
  using where = Place;
};
struct name_of_pairing {
  template <class Pair>
  static std::string GetName(int) {
    return std::string(Pair::way::name) + "_at_" + Pair::where::name;
  }
};

template <class Ways, class Places>
struct product;
template <class... Ways, class... Places>
struct product<testing::Types<Ways...>, testing::Types<Places...>> {
  template <class... Pairs>
  static auto list(std::tuple<Pairs...>) -> testing::Types<Pairs...>;
  template <class Way>
  using row = std::tuple<pairing<Way, Places>...>;
  using type = decltype(list(std::tuple_cat(std::declval<row<Ways>>()...)));
};

#if SHARDBRIDGE_THREAD_SANITIZER
// It does not know the fence by which Asio counts the owners of what is too large for an any_io_executor: of a strand,
// which executor_types_test.cpp has without one.
using places = testing::Types<one_thread, many_threads, pool, system_threads>;
#else
using places = testing::Types<one_thread, many_threads, pool, strand_of_pool, strand_of_any, system_threads>;
#endif

template <class Pair>
class every_token_on_every_executor : public testing::Test {
 protected:
  typename Pair::where where;
  token_scene<typename Pair::way> scene{where, where.executor()};
};
TYPED_TEST_SUITE_P(every_token_on_every_executor);

TYPED_TEST_P(every_token_on_every_executor, tells_of_every_operation) {
  this->scene.transfers();
  this->scene.a_composition();
  this->scene.what_can_only_be_moved();
  this->scene.errors();
}
REGISTER_TYPED_TEST_SUITE_P(every_token_on_every_executor, tells_of_every_operation);

} // namespace shardbridge::tests
