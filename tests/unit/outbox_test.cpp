// Goal: what handlers of one batch initiate reaches the shard together, in order, whatever the handlers do; what slow
// handlers initiate, or others outside, reaches it at once. Method: replies whose handlers initiate; the test is the
// shard.
#include "bridge_core_fixture.hpp"

#include <functional>
#include <stdexcept>
#include <thread>

namespace shardbridge::detail {
namespace {

class outbox_test : public bridge_core_test {
 public:
  static constexpr auto brisk = std::chrono::nanoseconds(100);
  static constexpr auto slow = std::chrono::milliseconds(1);

  outbox_test() {
    use({.spin = std::chrono::nanoseconds(0)});
    core->handlers_take(brisk);
  }
  ~outbox_test() override { EXPECT_EQ(core->stats().accepted, core->stats().completed + core->stats().ops); }

  test_operation& sent(std::function<void()> handler) {
    test_operation& op = make(0);
    op.handler = std::move(handler);
    core->initiate(op);
    return op;
  }
  void answer_with(const std::function<void()>& handler) {
    operation& op = sent(handler);
    requests();
    reply(op);
    core->woken();
  }
  /// What was initiated and is not looked at: answered.
  void ignore_rest() {
    requests();
    for (test_operation& each : operations)
      if (each.delivered == 0) reply(each);
    core->woken();
    requests();
  }
  std::uint64_t published() { return group->ports[0].wake().word().observe(); }
};

TEST_F(outbox_test, gathers_what_the_handlers_of_a_batch_initiate) {
  std::vector<const operation*> initiated;
  std::size_t seen = 0;
  const auto handler = [&] {
    initiated.push_back(&initiate(1));
    seen += requests().size();
  };
  operation& first = sent(handler);
  operation& second = sent(handler);
  requests();
  const std::uint64_t before = published();
  reply(first);
  reply(second);
  core->woken();
  EXPECT_EQ(seen, 0U);
  const auto pushed = requests();
  ASSERT_EQ(pushed.size(), 2U);
  EXPECT_EQ(&pushed[0].op(), initiated[0]);
  EXPECT_EQ(&pushed[1].op(), initiated[1]);
  EXPECT_EQ(published() - before, 1U);
  ignore_rest();
}

// A handler may run another bridge's event loop, whose handlers initiate here.
TEST_F(outbox_test, keeps_the_order_across_a_batch_of_another_bridge_inside_a_handler) {
  const auto group_inside = std::make_shared<group_core>(shard_group_options{});
  const auto inside = std::make_shared<counting_core>(group_inside, bridge_options{});
  shard_port::connections joined;
  std::uint64_t version = UINT64_MAX;
  group_inside->ports[0].refresh(joined, version);
  for (const std::chrono::nanoseconds pace : {std::chrono::nanoseconds(brisk), std::chrono::nanoseconds(10'000)}) {
    core->handlers_take(brisk);
    inside->handlers_take(pace);
    std::vector<const operation*> initiated;
    test_operation nested;
    nested.handler = [&] { initiated.push_back(&initiate(1)); };
    inside->initiate(nested);
    std::array<lane_item, 1> taken;
    ASSERT_EQ(joined[0]->requests.pop(taken), 1U);
    std::array<operation*, 1> answered{&taken[0].op()};
    ASSERT_TRUE(joined[0]->replies.push(answered));
    joined[0]->wakes.producer_wake->publish();
    answer_with([&] {
      initiated.push_back(&initiate(1));
      inside->woken();
      initiated.push_back(&initiate(1));
    });
    std::vector<const operation*> pushed;
    for (const lane_item& each : requests())
      pushed.push_back(&each.op());
    EXPECT_EQ(pushed, initiated);
    EXPECT_EQ(pushed.size(), 3U);
    ignore_rest();
  }
}

TEST_F(outbox_test, is_emptied_when_it_is_full) {
  answer_with([&] {
    for (int each = 0; each < 40; ++each)
      initiate(1);
    EXPECT_EQ(requests().size(), 32U);
  });
  EXPECT_EQ(requests().size(), 8U);
  ignore_rest();
}

TEST_F(outbox_test, is_emptied_when_a_handler_throws) {
  reply(sent([&] {
    initiate(1);
    throw std::runtime_error("the handler's own");
  }));
  requests();
  EXPECT_THROW(core->woken(), std::runtime_error);
  EXPECT_EQ(requests().size(), 1U);
  EXPECT_EQ(core->posted_drains, 1);
  ignore_rest();
}

TEST_F(outbox_test, is_only_for_those_inside) {
  answer_with([&] {
    std::thread([&] { initiate(1); }).join();
    EXPECT_EQ(requests().size(), 1U) << "another thread";
  });
  initiate(1);
  EXPECT_EQ(requests().size(), 1U) << "after the batch";
  ignore_rest();
}

TEST_F(outbox_test, is_closed_where_handlers_are_slow) {
  core->handlers_take(slow);
  answer_with([&] {
    initiate(1);
    EXPECT_EQ(requests().size(), 1U) << "at once";
  });
  core->drain(); // has been posted
  ignore_rest();
}

// A thread that loses its core in the middle of a batch must not have every handler posted from there on.
TEST_F(outbox_test, stays_open_after_a_single_slow_batch) {
  answer_with([] { test_clock::advance(std::chrono::milliseconds(1)); });
  EXPECT_EQ(core->posted_drains, 1);
  core->drain();
  answer_with([&] {
    initiate(1);
    EXPECT_EQ(requests().size(), 0U);
  });
  ignore_rest();
}

TEST_F(outbox_test, is_not_held_and_neither_is_the_role_while_a_slow_handler_runs) {
  core->handlers_take(slow);
  test_operation& other = initiate(1);
  test_operation& later = initiate(1);
  operation& first = sent([&] {
    EXPECT_EQ(core->posted_drains, 1) << "the role was handed on before";
    EXPECT_EQ(other.delivered, 1);
    EXPECT_EQ(other.how, delivery::post) << "another thread may run its handler";
    reply(later);
    core->drain(); // as another thread does
    EXPECT_EQ(later.delivered, 1);
  });
  reply(first);
  reply(other);
  core->woken();
  ignore_rest();
}

TEST_F(outbox_test, answers_what_a_shard_that_has_ended_does_not_take) {
  test_operation* late = nullptr;
  answer_with([&] {
    late = &initiate(1);
    group->ports[0].wake().word().close();
  });
  expect_ended(*late, delivery::post, stopped);
}

} // namespace
} // namespace shardbridge::detail
