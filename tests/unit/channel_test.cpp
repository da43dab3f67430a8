// Goal: values come out of a channel once and in the order in which they were sent, and nobody who waits is overtaken.
// Method: one task for each send or receive, that notes what came of it.
#include "channel_fixture.hpp"

#include <memory>
#include <string>

namespace shardbridge::detail {
namespace {

TEST_F(channel_test, keeps_as_many_as_it_has_room_for_in_order) {
  make(2);
  for (int each = 1; each <= 4; ++each)
    send(each);
  expect_seen({"1 sent", "2 sent"});
  EXPECT_EQ(on_test->size(), 2U);
  receive();
  expect_seen({"got 1", "3 sent"});
  receive();
  receive();
  receive();
  expect_seen({"got 2", "4 sent", "got 3", "got 4"});
  EXPECT_EQ(on_test->size(), 0U);
  stop();
}

TEST_F(channel_test, without_capacity_hands_each_value_over) {
  make(0);
  send(1);
  send(2);
  expect_seen({});
  receive();
  expect_seen({"got 1", "1 sent"});
  receive();
  expect_seen({"got 2", "2 sent"});
  receive();
  send(3);
  expect_seen({"3 sent", "got 3"});
  EXPECT_EQ(on_test->size(), 0U);
  stop();
}

TEST_F(channel_test, gives_a_value_to_who_has_waited_longest) {
  make(1);
  start([&](shard&) { return receives(*on_test, "a "); });
  start([&](shard&) { return receives(*on_test, "b "); });
  send(1);
  send(2);
  expect_seen({"1 sent", "a got 1", "2 sent", "b got 2"});
  stop();
}

TEST_F(channel_test, is_not_entered_before_who_waits) {
  make(1);
  send(1);
  send(2);
  call([&](shard&) {
    EXPECT_EQ(on_test->try_receive(), 1);
    EXPECT_FALSE(on_test->try_send(3)) << "the room is that of who waits";
  });
  receive();
  expect_seen({"1 sent", "2 sent", "got 2"});
  stop();
}

TEST_F(channel_test, is_not_left_before_who_waits) {
  make(1);
  receive();
  call([&](shard&) {
    EXPECT_TRUE(on_test->try_send(1));
    EXPECT_FALSE(on_test->try_receive()) << "the value is that of who waits";
    EXPECT_TRUE(on_test->try_send(2));
  });
  expect_seen({"got 1"});
  EXPECT_EQ(on_test->size(), 1U);
  stop();
}

TEST_F(channel_test, can_be_tried) {
  for (const std::size_t capacity : {0U, 1U, 3U}) {
    make(capacity);
    EXPECT_EQ(on_test->capacity(), capacity);
    EXPECT_FALSE(on_test->try_receive());
    for (int each = 0; each < static_cast<int>(capacity); ++each)
      EXPECT_TRUE(on_test->try_send(int(each)));
    EXPECT_FALSE(on_test->try_send(9));
    for (int each = 0; each < static_cast<int>(capacity); ++each)
      EXPECT_EQ(on_test->try_receive(), each);
    EXPECT_FALSE(on_test->try_receive());
  }
  make(0);
  send(1);
  EXPECT_EQ(on_test->try_receive(), 1) << "of a task that waits";
  stop();
}

TEST_F(channel_test, does_not_suspend_where_it_need_not) {
  make(1);
  start([&](shard&) -> task<> {
    for (int each = 0; each < 3; ++each) {
      co_await on_test->send(each);
      EXPECT_EQ(co_await on_test->receive(), each);
    }
    seen.push_back("done");
  });
  EXPECT_EQ(counters.resumptions.get(), 1U);
  expect_seen({"done"});
  stop();
}

TEST_F(channel_test, takes_what_can_only_be_moved) {
  using pointer = std::unique_ptr<int>;
  start([&](shard& on) -> task<> {
    channel<pointer> pointers(on, 1);
    co_await pointers.send(std::make_unique<int>(1));
    pointer refused = std::make_unique<int>(2);
    EXPECT_FALSE(pointers.try_send(std::move(refused)));
    EXPECT_EQ(*refused, 2) << "it is as it was"; // NOLINT(bugprone-use-after-move)
    const auto second = on.spawn([](channel<pointer>& to, pointer value) -> task<> {
      co_await to.send(std::move(value));
    }(pointers, std::move(refused)));
    co_await on.yield();
    for (int each = 1; each <= 2; ++each) {
      const std::optional<pointer> got = co_await pointers.receive();
      EXPECT_EQ(**got, each);
    }
    seen.push_back("done");
  });
  expect_seen({"done"});
  stop();
}

TEST_F(channel_test, takes_an_aggregate_that_has_a_name) {
  struct request {
    std::string name;
    std::unique_ptr<int> number;
  };
  start([&](shard& on) -> task<> {
    channel<request> requests(on, 1);
    request made{"a name that is too long to be kept in the string", std::make_unique<int>(7)};
    co_await requests.send(std::move(made));
    const std::optional<request> got = co_await requests.receive();
    EXPECT_EQ(got->name, "a name that is too long to be kept in the string");
    EXPECT_EQ(*got->number, 7);
    seen.push_back("done");
  });
  expect_seen({"done"});
  stop();
}

TEST_F(channel_test, lets_tasks_play_ping_pong) {
  make(0);
  start([&](shard& on) -> task<> {
    channel<int> back(on, 0);
    const auto other = on.spawn([](channel<int>& in, channel<int>& out) -> task<> {
      while (const std::optional<int> each = co_await in.receive())
        co_await out.send(*each + 1);
    }(*on_test, back));
    int number = 0;
    for (int each = 0; each < 1000; ++each) {
      co_await on_test->send(number);
      const std::optional<int> answer = co_await back.receive();
      number = *answer;
    }
    EXPECT_EQ(number, 1000);
    on_test->close();
    co_await on.yield();
    EXPECT_TRUE(other.done());
    seen.push_back("done");
  });
  expect_seen({"done"});
  stop();
}

} // namespace
} // namespace shardbridge::detail
