// Goal: what is left on a lane when the shard has closed is answered once, by one of those who look.
// Method: each kind of item by hand; threads that push, learn that the shard is closed, and answer.
#include "printers.hpp"
#include "test_operation.hpp"

#include <bridge/connection.hpp>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using meaning = lane_item::meaning;
using named = std::vector<operation*>;

class leftovers : public testing::Test {
 public:
  named answered() {
    named all;
    answer_leftovers(joined, [&](operation& op) { all.push_back(&op); });
    return all;
  }
  static void make_cancellable(test_operation& op, int messages) {
    op.cancellable = true;
    ASSERT_TRUE(op.cancel.publish());
    for (int each = 0; each < messages; ++each)
      ASSERT_EQ(op.cancel.request(static_cast<cancel_kind>(each)), cancel_word::requested::send) << "the weaker first";
  }

  std::shared_ptr<wake_side> requests = std::make_shared<wake_side>();
  connection joined{wake_pair{requests, std::make_shared<wake_side>()}, 8};
};

TEST_F(leftovers, are_answered_with_stopped) {
  test_operation op;
  joined.requests.push({op, meaning::request});
  EXPECT_EQ(answered(), named{&op});
  EXPECT_EQ(op.result, op_result::of(errc::stopped));
  EXPECT_EQ(answered(), named{});
}

TEST_F(leftovers, that_are_orders_are_freed) {
  test_operation order(op_code::cancel_file);
  order.silent = true;
  joined.requests.push({order, meaning::request});
  EXPECT_EQ(answered(), named{});
  EXPECT_EQ(order.delivered, 1);
  EXPECT_EQ(order.how, operation::delivery::destroy);
}

TEST_F(leftovers, are_not_answered_before_the_request_itself_is_found) {
  test_operation op;
  make_cancellable(op, 1);
  joined.requests.push({op, meaning::cancel});
  EXPECT_EQ(answered(), named{}) << "whoever pushes the request still uses it";
  joined.requests.push({op, meaning::request});
  EXPECT_EQ(answered(), named{&op});
}

TEST_F(leftovers, wait_for_every_message_that_names_them) {
  test_operation op;
  make_cancellable(op, 2);
  joined.requests.push({op, meaning::cancel});
  EXPECT_EQ(answered(), named{}) << "the request is still to come";
  joined.requests.push({op, meaning::request});
  EXPECT_EQ(answered(), named{}) << "so is the second message";
  EXPECT_EQ(op.where, operation::place::held);
  joined.requests.push({op, meaning::cancel});
  EXPECT_EQ(answered(), named{&op});
}

TEST_F(leftovers, on_a_connection_that_ends_are_freed) {
  test_operation order(op_code::cancel_bridge);
  order.silent = true;
  {
    connection ending(wake_pair{requests, std::make_shared<wake_side>()}, 8);
    ending.requests.push({order, meaning::request});
  }
  EXPECT_EQ(order.delivered, 1);
}

TEST_F(leftovers, are_answered_once_by_many_threads) {
  constexpr std::size_t threads = 3;
  constexpr std::size_t each_pushes = 2000;
  std::vector<std::deque<test_operation>> operations(threads);
  std::atomic<std::size_t> total{0};
  const auto push = [&](test_operation& op, meaning what) {
    joined.requests.push({op, what});
    if (joined.wakes.consumer_wake->publish()) return;
    answer_leftovers(joined, [&](operation& left) {
      ++static_cast<test_operation&>(left).delivered;
      total.fetch_add(1);
    });
  };
  std::vector<std::thread> pushing;
  for (auto& own : operations) {
    own.resize(each_pushes);
    pushing.emplace_back([&] {
      for (std::size_t each = 0; each < each_pushes; ++each) {
        own[each].cancellable = each % 2 == 0;
        if (own[each].cancellable) static_cast<void>(own[each].cancel.publish());
        // Asked before the push and told after it: then the message is the last to name it.
        const bool asked =
            own[each].cancellable && own[each].cancel.request(cancel_kind::any) == cancel_word::requested::send;
        push(own[each], meaning::request);
        if (asked) push(own[each], meaning::cancel);
      }
    });
  }
  std::this_thread::yield();
  requests->word().close();
  // As the shard does once.
  answer_leftovers(joined, [&](operation& left) {
    ++static_cast<test_operation&>(left).delivered;
    total.fetch_add(1);
  });
  for (std::thread& each : pushing)
    each.join();
  EXPECT_EQ(total, threads * each_pushes);
  for (const auto& own : operations)
    for (const test_operation& each : own)
      ASSERT_EQ(each.delivered, 1);
}

} // namespace
} // namespace shardbridge::detail
