// Goal and method: see support/token_suite.hpp. Tokens that coroutines await, with a stack of their own and without.
#include "support/token_coroutine_ways.hpp"
#include "support/token_suite.hpp"

#include <shardbridge/detail/sanitizers.hpp>

#if !SHARDBRIDGE_THREAD_SANITIZER // it loses track of a thread that changes its stack
#include "support/token_stack_ways.hpp"
#endif

namespace shardbridge::tests {
namespace {

#if SHARDBRIDGE_THREAD_SANITIZER
using ways = testing::Types<by_awaitable, by_as_tuple, by_redirect_error, by_operators>;
#else
using ways = testing::Types<by_awaitable, by_as_tuple, by_redirect_error, by_operators, by_yield>;
#endif
using pairs = product<ways, places>::type;
INSTANTIATE_TYPED_TEST_SUITE_P(coroutines, every_token_on_every_executor, pairs, name_of_pairing);

} // namespace
} // namespace shardbridge::tests
