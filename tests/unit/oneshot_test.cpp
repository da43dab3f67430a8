// Goal: what is sent by a oneshot comes once, be it a value, an exception, or the news that nothing will; and its two
// ends may go in either order. Method: a task that asks, and the test that answers.
#include "task_waits_fixture.hpp"

#include <shardbridge/channel.hpp>
#include <shardbridge/oneshot.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>

namespace shardbridge::detail {
namespace {

class oneshot_test : public task_waits {
 public:
  using task_waits::task_waits;

  /// A task that waits for a number, whose sender the test has.
  std::size_t ask() {
    return start([this](shard& on) -> task<> {
      oneshot<int> answer(on);
      sender.emplace(answer.make_sender());
      co_await gets(answer);
    });
  }
  task<> gets(oneshot<int>& answer) {
    std::string came;
    try {
      came = std::to_string(co_await answer.get());
    } catch (const boost::system::system_error& thrown) {
      came = name_of(thrown);
    } catch (const std::runtime_error& thrown) {
      came = thrown.what();
    }
    seen.push_back("got " + came);
  }

  std::optional<oneshot_sender<int>> sender;
};

TEST_F(oneshot_test, gives_a_value) {
  ask();
  expect_seen({});
  call([&](shard&) {
    EXPECT_TRUE(sender->wanted());
    sender->set_value(7);
    EXPECT_FALSE(sender->wanted());
  });
  expect_seen({"got 7"});
  stop();
}

TEST_F(oneshot_test, throws_an_exception) {
  ask();
  call([&](shard&) { sender->set_exception(std::make_exception_ptr(std::runtime_error("as planned"))); });
  expect_seen({"got as planned"});
  stop();
}

TEST_F(oneshot_test, says_that_nothing_will_come) {
  ask();
  call([&](shard&) { sender.reset(); });
  expect_seen({"got gone"});
  stop();
}

TEST_F(oneshot_test, gives_at_once_what_has_come_before) {
  start([this](shard& on) -> task<> {
    {
      oneshot<int> answer(on);
      answer.make_sender().set_value(1);
      co_await gets(answer);
    }
    {
      oneshot<int> answer(on);
      answer.make_sender().set_exception(std::make_exception_ptr(std::runtime_error("as planned")));
      co_await gets(answer);
    }
    {
      oneshot<int> answer(on);
      static_cast<void>(answer.make_sender());
      co_await gets(answer);
    }
  });
  EXPECT_EQ(counters.resumptions.get(), 1U);
  expect_seen({"got 1", "got as planned", "got gone"});
  stop();
}

TEST_F(oneshot_test, gives_nothing_but_news) {
  start([this](shard& on) -> task<> {
    oneshot<> ready(on);
    const auto other = on.spawn([](oneshot_sender<> tell) -> task<> {
      tell.set_value();
      co_return;
    }(ready.make_sender()));
    co_await ready.get();
    seen.push_back("ready");
  });
  expect_seen({"ready"});
  stop();
}

TEST_F(oneshot_test, gives_what_can_only_be_moved) {
  start([this](shard& on) -> task<> {
    oneshot<std::unique_ptr<int>> answer(on);
    answer.make_sender().set_value(std::make_unique<int>(7));
    const std::unique_ptr<int> got = co_await answer.get();
    EXPECT_EQ(*got, 7);
    seen.push_back("done");
  });
  expect_seen({"done"});
  stop();
}

TEST_F(oneshot_test, answers_through_a_channel) {
  struct request {
    int number;
    oneshot_sender<int> answer;
  };
  start([this](shard& on) -> task<> {
    channel<request> requests(on, 1);
    const auto server = on.spawn([](channel<request>& from) -> task<> {
      while (std::optional<request> each = co_await from.receive())
        each->answer.set_value(2 * each->number);
    }(requests));
    for (int each = 1; each <= 3; ++each) {
      oneshot<int> answer(on);
      request asked{each, answer.make_sender()};
      co_await requests.send(std::move(asked));
      co_await gets(answer);
    }
    requests.close();
  });
  expect_seen({"got 2", "got 4", "got 6"});
  stop();
}

TEST_F(oneshot_test, drops_what_nobody_gets) {
  const auto value = std::make_shared<int>(0);
  start([&](shard& on) -> task<> {
    std::optional<oneshot<std::shared_ptr<int>>> answer(std::in_place, on);
    auto tell = answer->make_sender();
    answer.reset();
    EXPECT_FALSE(tell.wanted());
    tell.set_value(value);
    EXPECT_EQ(value.use_count(), 1);
    oneshot<std::shared_ptr<int>> never_asked(on);
    never_asked.make_sender().set_value(value);
    EXPECT_EQ(value.use_count(), 2);
    co_return;
  });
  EXPECT_EQ(value.use_count(), 1);
  stop();
}

TEST_F(oneshot_test, is_sent_by_the_last_of_its_senders) {
  start([this](shard& on) -> task<> {
    oneshot<int> first(on);
    oneshot<int> second(on);
    auto tell = first.make_sender();
    auto moved = std::move(tell);
    EXPECT_FALSE(tell.wanted()); // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
    auto& itself = moved;
    moved = std::move(itself);
    EXPECT_TRUE(moved.wanted());
    moved = second.make_sender();
    co_await gets(first);
    moved.set_value(2);
    co_await gets(second);
  });
  expect_seen({"got gone", "got 2"});
  stop();
}

TEST_F(oneshot_test, keeps_its_sender_where_a_value_cannot_be_made) {
  struct picky {
    explicit(false) picky(int number) {
      if (number < 0) throw std::invalid_argument("negative");
    }
  };
  call([](shard& on) {
    oneshot<picky> answer(on);
    auto tell = answer.make_sender();
    EXPECT_THROW(tell.set_value(-1), std::invalid_argument);
    EXPECT_TRUE(tell.wanted());
  });
  stop();
}

TEST_F(oneshot_test, ends_with_the_task_that_is_cancelled) {
  const auto asking = ask();
  abort(asking);
  expect_seen({"got aborted"});
  EXPECT_FALSE(sender->wanted());
  stop();
}

TEST_F(oneshot_test, leaves_who_is_cancelled_what_has_come) {
  const auto first = ask();
  call([&](shard&) {
    sender->set_value(1);
    handles[first].abort();
  });
  const auto second = ask();
  call([&](shard&) {
    handles[second].abort();
    sender->set_value(2);
  });
  const auto third = start([this](shard& on) -> task<> {
    EXPECT_EQ(co_await error_of(on.sleep_for(std::chrono::hours(1))), boost::asio::error::operation_aborted);
    oneshot<int> answer(on);
    answer.make_sender().set_value(3);
    co_await gets(answer);
  });
  abort(third);
  expect_seen({"got 1", "got 2", "got 3"});
  stop();
}

TEST_F(oneshot_test, tells_of_a_stop) {
  ask();
  stop();
  expect_seen({"got stopped"});
  EXPECT_FALSE(sender->wanted());
}

TEST_F(oneshot_test, forgets_who_is_destroyed) {
  start([this](shard& on) -> task<> {
    const auto gets_one = [](oneshot<int>& from) -> loose_coroutine { co_await from.get(); };
    oneshot<int> first(on);
    oneshot<int> second(on);
    auto tell = first.make_sender();
    {
      const loose_coroutine waits = gets_one(first);
      const loose_coroutine is_ready = gets_one(second);
      second.make_sender().set_value(2);
    }
    tell.set_value(1);
    co_await gets(first);
  });
  expect_seen({"got 1"});
  stop();
}

class oneshot_left : public oneshot_test {
 public:
  oneshot_left() : oneshot_test(impatient()) {}
};

TEST_F(oneshot_left, goes_end_by_end_with_tasks_that_are_destroyed) {
  for (const bool in_another : {true, false})
    start([in_another](shard& on) -> task<> {
      const auto stuck = [](oneshot_sender<int>) -> task<> { co_await forever(); };
      oneshot<int> answer(on);
      auto tell = answer.make_sender();
      if (in_another) {
        const auto other = on.spawn(stuck(std::move(tell)));
        co_await forever();
      } else {
        co_await stuck(std::move(tell));
      }
    });
  stop();
}

} // namespace
} // namespace shardbridge::detail
