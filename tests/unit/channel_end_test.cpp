// Goal: a wait in a channel ends when the channel is closed or destroyed, when its task is cancelled or destroyed, and
// when the shard stops; and no value gets lost or comes twice by it. Method: each of them, in every wait there is.
#include "channel_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

namespace shardbridge::detail {
namespace {

TEST_F(channel_test, that_is_closed_gives_what_is_in_it) {
  make(2);
  send(1);
  send(2);
  send(3);
  call([&](shard&) { on_test->close(); });
  EXPECT_TRUE(on_test->closed());
  expect_seen({"1 sent", "2 sent", "3 gone"});
  send(4);
  receive();
  receive();
  receive();
  expect_seen({"4 gone", "got 1", "got 2", "got none"});
  call([&](shard&) {
    EXPECT_FALSE(on_test->try_send(5));
    EXPECT_FALSE(on_test->try_receive());
    on_test->close();
  });
  stop();
}

TEST_F(channel_test, that_is_closed_tells_receivers) {
  make(0);
  receive();
  receive();
  call([&](shard&) { on_test->close(); });
  expect_seen({"got none", "got none"});
  stop();
}

TEST_F(channel_test, that_is_closed_keeps_what_it_has_handed_over) {
  make(0);
  receive();
  call([&](shard&) {
    EXPECT_TRUE(on_test->try_send(1));
    on_test->close();
  });
  expect_seen({"got 1"});
  stop();
}

TEST_F(channel_test, that_is_destroyed_tells_those_who_wait) {
  make(0);
  receive();
  receive();
  call([&](shard&) {
    EXPECT_TRUE(on_test->try_send(1));
    on_test.reset();
  });
  expect_seen({"got 1", "got none"});
  make(1);
  send(1);
  send(2);
  call([&](shard&) { on_test.reset(); });
  expect_seen({"1 sent", "2 gone"});
  stop();
}

TEST_F(channel_test, that_is_destroyed_destroys_what_is_in_it) {
  const auto shared = std::make_shared<int>(0);
  start([&](shard& on) -> task<> {
    channel<std::shared_ptr<int>> left(on, 3);
    co_await left.send(shared);
    co_await left.send(shared);
    EXPECT_EQ(shared.use_count(), 3);
  });
  EXPECT_EQ(shared.use_count(), 1);
  stop();
}

TEST_F(channel_test, does_not_send_what_is_cancelled) {
  make(1);
  send(1);
  const auto second = send(2);
  send(3);
  abort(second);
  receive();
  receive();
  expect_seen({"1 sent", "2 aborted", "got 1", "3 sent", "got 3"});
  stop();
}

TEST_F(channel_test, gives_nothing_to_who_is_cancelled) {
  make(1);
  const auto first = receive();
  receive();
  abort(first);
  send(1);
  expect_seen({"aborted", "1 sent", "got 1"});
  stop();
}

TEST_F(channel_test, leaves_who_is_cancelled_what_it_has_got) {
  make(0);
  const auto first = receive();
  call([&](shard&) {
    EXPECT_TRUE(on_test->try_send(1));
    handles[first].abort();
  });
  expect_seen({"got 1"});
  const auto second = send(2);
  call([&](shard&) {
    EXPECT_EQ(on_test->try_receive(), 2);
    handles[second].abort();
  });
  expect_seen({"2 sent"});
  stop();
}

TEST_F(channel_test, tells_who_is_cancelled_even_where_it_would_not_wait) {
  make(1);
  const auto cancelled = start([&](shard& on) -> task<> {
    EXPECT_EQ(co_await error_of(on.sleep_for(std::chrono::hours(1))), boost::asio::error::operation_aborted);
    co_await sends(*on_test, 1);
    EXPECT_TRUE(on_test->try_send(2));
    co_await receives(*on_test);
  });
  abort(cancelled);
  expect_seen({"1 aborted", "aborted"});
  EXPECT_EQ(on_test->size(), 1U);
  stop();
}

TEST_F(channel_test, tells_of_a_stop) {
  make(0);
  receive();
  receive();
  std::optional<channel<int>> other;
  call([&](shard& on) { other.emplace(on, 1); });
  EXPECT_TRUE(other->try_send(1));
  start([&](shard&) -> task<> {
    co_await sends(*other, 2);
    co_await receives(*other); // there is a value
    EXPECT_EQ(other->try_receive(), 1);
  });
  stop();
  std::sort(seen.begin(), seen.end());
  expect_seen({"2 stopped", "stopped", "stopped", "stopped"});
}

TEST_F(channel_test, may_be_destroyed_after_the_stop) {
  make(0);
  receive();
  stop();
  on_test.reset();
  expect_seen({"stopped"});
}

TEST_F(channel_test, forgets_who_is_destroyed) {
  make(0);
  start([&](shard& on) -> task<> {
    {
      const loose_coroutine sender = [](channel<int>& to) -> loose_coroutine { co_await to.send(1); }(*on_test);
      co_await on.yield();
    }
    EXPECT_FALSE(on_test->try_receive());
    {
      const auto receives_one = [](channel<int>& from) -> loose_coroutine { co_await from.receive(); };
      const loose_coroutine first = receives_one(*on_test);
      const loose_coroutine second = receives_one(*on_test);
      EXPECT_TRUE(on_test->try_send(2)) << "it goes with the first, which is destroyed before its turn";
    }
    EXPECT_FALSE(on_test->try_send(3));
    seen.push_back("done");
  });
  expect_seen({"done"});
  stop();
}

class channel_left : public channel_test {
 public:
  channel_left() : channel_test(impatient()) {}
};

TEST_F(channel_left, goes_with_the_task_that_is_destroyed) {
  const auto shared = std::make_shared<int>(0);
  using pointers = channel<std::shared_ptr<int>>;
  start([&](shard& on) -> task<> {
    pointers left(on, 1);
    const auto other = on.spawn([](pointers& to, std::shared_ptr<int> value) -> task<> {
      co_await to.send(value);
      EXPECT_EQ(co_await error_of(to.send(value)), errc::stopped);
      co_await forever();
    }(left, shared));
    co_await forever();
  });
  EXPECT_EQ(shared.use_count(), 4);
  stop();
  EXPECT_EQ(shared.use_count(), 1);
}

} // namespace
} // namespace shardbridge::detail
