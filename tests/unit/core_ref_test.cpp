// Goal: what is initiated keeps the bridge's core, and counts it only where nobody else keeps it. Method: references
// made outside and inside a handler that the bridge calls; the count of references is looked at.
#include "bridge_core_fixture.hpp"

#include <shardbridge/detail/core_ref.hpp>

#include <optional>

namespace shardbridge::detail {
namespace {

class core_ref_test : public bridge_core_test {
 protected:
  /// Calls `handler` as the bridge calls one.
  template <class Handler>
  void in_a_handler(Handler handler) {
    test_operation& op = initiate(1);
    op.handler = std::move(handler);
    reply(op);
    core->woken();
    ASSERT_EQ(op.delivered, 1);
  }
};

TEST_F(core_ref_test, is_counted_outside_of_handlers) {
  const auto before = core.use_count();
  core_ref one(core);
  EXPECT_EQ(core.use_count(), before + 1);
  EXPECT_EQ(&*one, core.get());
  core_ref moved(std::move(one));
  EXPECT_EQ(core.use_count(), before + 1);
  const core_ref copied(moved);
  EXPECT_EQ(core.use_count(), before + 2);
  const core_ref last(moved.handed_on());
  EXPECT_EQ(core.use_count(), before + 2);
  EXPECT_EQ(last.shared(), core);
}

TEST_F(core_ref_test, is_borrowed_in_a_handler) {
  in_a_handler([this] {
    const auto before = core.use_count();
    core_ref one(core);
    const core_ref handed_on(one.handed_on());
    EXPECT_EQ(core.use_count(), before);
    EXPECT_EQ(handed_on->stats().completed, 1U);
  });
}

TEST_F(core_ref_test, is_counted_once_it_is_kept_for_later) {
  std::optional<core_ref> copied;
  std::optional<core_ref> moved;
  in_a_handler([&] {
    const auto before = core.use_count();
    core_ref one(core);
    copied.emplace(one);
    moved.emplace(std::move(one));
    EXPECT_EQ(core.use_count(), before + 2);
  });
  const std::weak_ptr<counting_core> watched = core;
  core.reset();
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(copied->shared(), moved->shared());
  copied.reset();
  EXPECT_FALSE(watched.expired());
  moved.reset();
  EXPECT_TRUE(watched.expired());
}

TEST_F(core_ref_test, of_another_bridge_is_counted_in_a_handler) {
  const auto other = std::make_shared<counting_core>(group, bridge_options{});
  in_a_handler([&] {
    const auto before = other.use_count();
    const core_ref one(other);
    EXPECT_EQ(other.use_count(), before + 1);
  });
}

} // namespace
} // namespace shardbridge::detail
