// Goal: no more units are held than there are, those who wait get theirs in the order in which they came, and none are
// lost however a wait ends. Method: tasks that acquire some and note it, and the test that gives them back.
#include "task_waits_fixture.hpp"

#include <shardbridge/semaphore.hpp>

#include <chrono>
#include <map>
#include <optional>

namespace shardbridge::detail {
namespace {

class semaphore_test : public task_waits {
 public:
  using task_waits::task_waits;

  void make(std::size_t total) {
    call([&](shard& on) { on_test.emplace(on, total); });
  }
  task<> acquires(std::size_t count, std::string name) {
    try {
      held[name] = co_await on_test->acquire(count);
      EXPECT_EQ(held[name].count(), count);
    } catch (const boost::system::system_error& thrown) {
      name += " " + name_of(thrown);
    }
    seen.push_back(std::move(name));
  }
  std::size_t acquire(std::size_t count, const std::string& name) {
    return start([this, count, name](shard&) { return acquires(count, name); });
  }
  void release(const std::string& name) {
    call([&](shard&) { held.erase(name); });
  }

  std::optional<semaphore> on_test;
  std::map<std::string, semaphore_units> held;
};

TEST_F(semaphore_test, gives_what_there_is_and_takes_it_back) {
  make(3);
  acquire(2, "a");
  acquire(1, "b");
  expect_seen({"a", "b"});
  EXPECT_EQ(on_test->available(), 0U);
  acquire(1, "c");
  expect_seen({});
  release("a");
  expect_seen({"c"});
  EXPECT_EQ(on_test->available(), 1U);
  EXPECT_EQ(on_test->total(), 3U);
  stop();
}

TEST_F(semaphore_test, does_not_have_many_overtaken_by_few) {
  make(3);
  acquire(2, "a");
  acquire(3, "all");
  acquire(1, "b");
  call([&](shard&) { EXPECT_FALSE(on_test->try_acquire()); });
  EXPECT_EQ(on_test->available(), 1U);
  release("a");
  expect_seen({"a", "all"});
  release("all");
  expect_seen({"b"});
  stop();
}

TEST_F(semaphore_test, serves_as_many_as_there_is_enough_for) {
  make(4);
  acquire(4, "all");
  acquire(1, "a");
  acquire(2, "b");
  acquire(2, "c");
  acquire(1, "d");
  release("all");
  expect_seen({"all", "a", "b"});
  release("a");
  expect_seen({"c"});
  stop();
}

TEST_F(semaphore_test, refuses_what_it_never_has) {
  make(2);
  acquire(3, "a");
  expect_seen({"a too large"});
  call([&](shard&) { EXPECT_FALSE(on_test->try_acquire(3)); });
  acquire(2, "b");
  acquire(3, "c");
  expect_seen({"b", "c too large"});
  stop();
}

TEST_F(semaphore_test, gives_nothing_to_who_wants_nothing_in_their_turn) {
  make(1);
  acquire(0, "none");
  acquire(1, "a");
  acquire(0, "again");
  expect_seen({"none", "a", "again"});
  EXPECT_TRUE(held["none"]);
  acquire(1, "b");
  acquire(0, "behind");
  expect_seen({});
  release("a");
  expect_seen({"b", "behind"});
  stop();
}

TEST_F(semaphore_test, has_units_that_move) {
  make(3);
  call([&](shard&) {
    semaphore_units some = on_test->try_acquire(2);
    EXPECT_TRUE(some);
    semaphore_units moved = std::move(some);
    EXPECT_FALSE(some); // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(moved.count(), 2U);
    auto& itself = moved;
    moved = std::move(itself);
    EXPECT_EQ(moved.count(), 2U);
    moved = on_test->try_acquire(1);
    EXPECT_EQ(on_test->available(), 2U);
    moved.release();
    EXPECT_FALSE(moved);
    EXPECT_EQ(on_test->available(), 3U);
    moved.release();
    EXPECT_EQ(on_test->available(), 3U);
  });
  stop();
}

TEST_F(semaphore_test, does_not_suspend_who_need_not_wait) {
  make(1);
  start([&](shard&) -> task<> {
    for (int each = 0; each < 3; ++each)
      const semaphore_units one = co_await on_test->acquire();
    seen.push_back("done");
  });
  EXPECT_EQ(counters.resumptions.get(), 1U);
  expect_seen({"done"});
  stop();
}

TEST_F(semaphore_test, lets_the_next_in_where_one_is_cancelled) {
  make(3);
  acquire(1, "a");
  const auto large = acquire(3, "large");
  acquire(1, "b");
  const auto middle = acquire(2, "middle");
  acquire(1, "c");
  expect_seen({"a"});
  abort(large);
  expect_seen({"b", "large aborted"});
  abort(middle);
  expect_seen({"c", "middle aborted"});
  EXPECT_EQ(on_test->available(), 0U);
  stop();
}

TEST_F(semaphore_test, leaves_who_is_cancelled_what_it_has_got) {
  make(1);
  acquire(1, "a");
  const auto second = acquire(1, "b");
  call([&](shard&) {
    held.erase("a");
    handles[second].abort();
  });
  expect_seen({"a", "b"});
  EXPECT_EQ(on_test->available(), 0U);
  stop();
}

TEST_F(semaphore_test, tells_who_is_cancelled_even_where_it_would_not_wait) {
  make(1);
  const auto cancelled = start([&](shard& on) -> task<> {
    EXPECT_EQ(co_await error_of(on.sleep_for(std::chrono::hours(1))), boost::asio::error::operation_aborted);
    co_await acquires(1, "a");
    EXPECT_TRUE(on_test->try_acquire());
  });
  abort(cancelled);
  expect_seen({"a aborted"});
  EXPECT_EQ(on_test->available(), 1U);
  stop();
}

TEST_F(semaphore_test, tells_of_a_stop) {
  make(1);
  acquire(1, "a");
  acquire(1, "b");
  acquire(1, "c");
  stop();
  expect_seen({"a", "b stopped", "c stopped"});
}

TEST_F(semaphore_test, that_is_destroyed_tells_those_who_wait) {
  make(1);
  acquire(1, "a");
  acquire(1, "b");
  call([&](shard&) { on_test.reset(); });
  expect_seen({"a", "b gone"});
  release("a"); // nobody's
  stop();
}

TEST_F(semaphore_test, takes_back_what_is_destroyed) {
  make(2);
  start([&](shard& on) -> task<> {
    const auto holds = [](semaphore& of, std::size_t count) -> loose_coroutine {
      const semaphore_units some = co_await of.acquire(count);
      co_await forever();
    };
    semaphore_units one = co_await on_test->acquire();
    {
      const loose_coroutine is_ready = holds(*on_test, 1);
      EXPECT_EQ(on_test->available(), 0U);
      {
        const loose_coroutine waits = holds(*on_test, 2);
        on.spawn(acquires(1, "a")).detach();
        co_await on.yield();
        one.release();
        EXPECT_EQ(on_test->available(), 1U) << "one is not enough for who is first";
      }
      EXPECT_EQ(on_test->available(), 0U) << "it was in the way";
    }
    EXPECT_EQ(on_test->available(), 1U);
    co_await on.yield();
    EXPECT_TRUE(held["a"]);
  });
  expect_seen({"a"});
  EXPECT_EQ(on_test->available(), 1U);
  stop();
}

TEST_F(semaphore_test, takes_back_what_was_served_and_destroyed_in_one_turn) {
  make(1);
  start([&](shard&) -> task<> {
    const auto holds = [](semaphore& of) -> loose_coroutine { const semaphore_units one = co_await of.acquire(); };
    semaphore_units one = co_await on_test->acquire();
    {
      const loose_coroutine served = holds(*on_test);
      one.release();
      EXPECT_EQ(on_test->available(), 0U);
    }
    EXPECT_EQ(on_test->available(), 1U);
    seen.push_back("done");
  });
  expect_seen({"done"});
  stop();
}

class semaphore_left : public semaphore_test {
 public:
  semaphore_left() : semaphore_test(impatient()) {}
};

TEST_F(semaphore_left, may_be_outlived_by_its_units) {
  start([](shard& on) -> task<> {
    semaphore room(on, 2);
    const auto other = on.spawn([](semaphore& of) -> task<> {
      const semaphore_units all = co_await of.acquire(2);
      co_await forever();
    }(room));
    co_await forever();
  });
  stop();
}

} // namespace
} // namespace shardbridge::detail
