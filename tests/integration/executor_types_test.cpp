// Goal: a bridge whose executor is of a type of its own, without the indirections of any_io_executor, does the same.
// Method: a typed test over such types, by a handler of the bridge's own executor; every token is tested on
// any_io_executor, since a token knows executors by their interface alone and all of both would be long to compile.
#include "support/token_scene.hpp"

namespace shardbridge::tests {
namespace {

template <class Place>
class every_type_of_executor : public testing::Test {
 protected:
  Place where;
  token_scene<by_callback, basic_bridge<typename Place::executor_type>> scene{where, where.own()};
};

struct name_of_place {
  template <class Place>
  static std::string GetName(int) {
    return Place::name;
  }
};
using types = testing::Types<one_thread, many_threads, pool, strand_of_pool, strand_of_any, system_threads>;
TYPED_TEST_SUITE(every_type_of_executor, types, name_of_place);

TYPED_TEST(every_type_of_executor, tells_of_transfers) {
  this->scene.transfers();
}
TYPED_TEST(every_type_of_executor, tells_errors) {
  this->scene.errors();
}

} // namespace
} // namespace shardbridge::tests
