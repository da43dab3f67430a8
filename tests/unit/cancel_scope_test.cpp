// Goal: what is cancelled with what. Method: trees of scopes in which nobody waits; for waits see shard_loop_abort.
#include "printers.hpp"

#include <shardbridge/detail/shard_runtime.hpp>

#include <array>
#include <cerrno>
#include <optional>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

constexpr op_result aborted{result_kind::aborted, 0, 0};
constexpr op_result expired = op_result::of(errc::expired_in_flight);
constexpr op_result not_cancelled{};

TEST(cancel_scope, is_cancelled_with_the_one_around_it) {
  cancel_scope top;
  cancel_scope first(top), second(top);
  cancel_scope inside_first(first), inside_second(second);
  cancel_scope deepest(inside_first);
  top.cancel(aborted);
  for (const cancel_scope* each : {&top, &first, &second, &inside_first, &inside_second, &deepest})
    EXPECT_EQ(each->cause(), aborted);
}

TEST(cancel_scope, is_not_cancelled_with_one_inside_or_beside_it) {
  cancel_scope top;
  cancel_scope before(top), cancelled(top), behind(top);
  const cancel_scope inside(cancelled);
  cancelled.cancel(aborted);
  EXPECT_TRUE(inside.cancelled());
  for (const cancel_scope* each : {&top, &before, &behind})
    EXPECT_EQ(each->cause(), not_cancelled);
}

TEST(cancel_scope, keeps_the_first_cause) {
  cancel_scope top;
  cancel_scope inside(top);
  inside.cancel(expired);
  top.cancel(aborted);
  top.cancel(expired);
  EXPECT_EQ(inside.cause(), expired);
  EXPECT_EQ(top.cause(), aborted);
}

TEST(cancel_scope, that_is_opened_in_one_that_is_cancelled_is_cancelled_too) {
  cancel_scope top;
  top.cancel(expired);
  const cancel_scope inside(top);
  EXPECT_EQ(inside.cause(), expired);
}

TEST(cancel_scope, that_has_ended_is_forgotten) {
  cancel_scope top;
  std::array<std::optional<cancel_scope>, 3> inside;
  for (auto& each : inside)
    each.emplace(top);
  inside[1].reset();
  top.cancel(aborted);
  EXPECT_TRUE(inside[0]->cancelled() && inside[2]->cancelled());
}

} // namespace
} // namespace shardbridge::detail
