// Goal and method: see support/token_suite.hpp. Tokens that call somebody, now or when they are asked.
#include "support/token_joined_ways.hpp"
#include "support/token_suite.hpp"

namespace shardbridge::tests {
namespace {

using ways = testing::Types<by_callback, by_deferred, by_detached, by_future, by_group, by_promise>;
using pairs = product<ways, places>::type;
INSTANTIATE_TYPED_TEST_SUITE_P(handlers, every_token_on_every_executor, pairs, name_of_pairing);

} // namespace
} // namespace shardbridge::tests
