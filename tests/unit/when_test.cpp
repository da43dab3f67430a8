// Goal: tasks run beside one another and are waited for together; one that fails, or ends first, has the others
// cancelled; all of them go with the one that awaits them. Method: tasks whose operations the test completes in the
// order it likes.
#include "shard_loop_tasks_fixture.hpp"

#include <shardbridge/when.hpp>

#include <boost/asio/error.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <variant>

namespace shardbridge::detail {
namespace {

class when_test : public shard_loop_tasks {
 public:
  explicit when_test(const shard_group_options& given = with_room()) : shard_loop_tasks(given) {}
  static shard_group_options with_room() {
    auto out = sleeping_at_once();
    out.ring_entries = 8;
    return out;
  }

  /// Gives its value when its operation is done; notes how it ends.
  template <class T>
  task<T> after_nop(shard& on, T value, std::string name) {
    try {
      co_await on.nop();
    } catch (const boost::system::system_error& failed) {
      seen.push_back(name + (failed.code() == boost::asio::error::operation_aborted ? " aborted" : " failed"));
      throw;
    }
    seen.push_back(name);
    co_return value;
  }
  task<> done(shard& on, std::string name) { co_await after_nop(on, 0, std::move(name)); }
};

TEST_F(when_test, all_gives_every_result) {
  spawn([&](shard& on) -> task<> {
    auto [number, nothing, text] =
        co_await when_all(on, after_nop(on, 7, "a"), done(on, "b"), after_nop(on, std::string("text"), "c"));
    EXPECT_EQ(number, 7);
    EXPECT_EQ(nothing, std::monostate());
    EXPECT_EQ(text, "text");
    seen.push_back("all");
  });
  ASSERT_EQ(kernel.under_way.size(), 3U) << "beside one another";
  complete(0, 1);
  complete(0, 1);
  EXPECT_EQ(seen, (steps{"b", "c"}));
  complete(0);
  EXPECT_EQ(seen, (steps{"b", "c", "a", "all"}));
  stop();
}

TEST_F(when_test, all_of_a_vector_gives_a_vector) {
  spawn([&](shard& on) -> task<> {
    std::vector<task<int>> work;
    for (int each = 0; each < 3; ++each)
      work.push_back(after_nop(on, each, std::to_string(each)));
    const std::vector<int> values = co_await when_all(on, std::move(work));
    EXPECT_EQ(values, (std::vector{0, 1, 2}));
    EXPECT_TRUE((co_await when_all(on, std::vector<task<>>())).empty());
    seen.push_back("all");
  });
  for (int each = 0; each < 3; ++each)
    complete(0);
  EXPECT_EQ(seen.back(), "all");
  stop();
}

TEST_F(when_test, all_needs_no_operations) {
  spawn([&](shard& on) -> task<> {
    const auto value = [](int given) -> task<int> { co_return given; };
    const std::tuple<int, int> both = co_await when_all(on, value(1), value(2));
    EXPECT_EQ(both, std::tuple(1, 2));
    seen.push_back("all");
  });
  EXPECT_EQ(seen, steps{"all"});
  stop();
}

TEST_F(when_test, all_cancels_the_others_when_one_fails_and_waits_for_them) {
  spawn([&](shard& on) -> task<> {
    try {
      co_await when_all(on, done(on, "a"), done(on, "b"), done(on, "c"));
    } catch (const boost::system::system_error& failed) {
      EXPECT_EQ(failed.code(), boost::system::error_code(EIO, boost::system::system_category()));
      seen.push_back("caught");
    }
  });
  complete(0, 2);
  complete(-EIO);
  EXPECT_EQ(kernel.cancels_staged, 1);
  EXPECT_EQ(seen, (steps{"c", "a failed"}));
  complete(-ECANCELED);
  EXPECT_EQ(seen, (steps{"c", "a failed", "b aborted", "caught"}));
  stop();
}

TEST_F(when_test, any_gives_the_first_and_cancels_the_others) {
  spawn([&](shard& on) -> task<> {
    const auto first = co_await when_any(on, after_nop(on, 1, "a"), after_nop(on, 2, "b"), done(on, "c"));
    EXPECT_EQ(first.index(), 1U);
    EXPECT_EQ(std::get<1>(first), 2);
    seen.push_back("any");
  });
  complete(0, 1);
  EXPECT_EQ(kernel.cancels_staged, 2);
  EXPECT_EQ(seen, steps{"b"}) << "the others are waited for";
  complete(-ECANCELED);
  complete(0); // in spite of the cancel
  EXPECT_EQ(seen, (steps{"b", "a aborted", "c", "any"}));
  stop();
}

TEST_F(when_test, any_of_a_vector_says_which) {
  spawn([&](shard& on) -> task<> {
    std::vector<task<int>> work;
    for (int each = 0; each < 3; ++each)
      work.push_back(after_nop(on, 10 * each, std::to_string(each)));
    EXPECT_EQ(co_await when_any(on, std::move(work)), (std::pair<std::size_t, int>(2, 20)));
    seen.push_back("any");
  });
  complete(0, 2);
  complete(-ECANCELED);
  complete(-ECANCELED);
  EXPECT_EQ(seen.back(), "any");
  stop();
}

TEST_F(when_test, any_throws_what_the_first_throws) {
  spawn([&](shard& on) -> task<> {
    try {
      co_await when_any(on, done(on, "a"), done(on, "b"));
    } catch (const boost::system::system_error& failed) {
      EXPECT_EQ(failed.code().value(), EIO);
      seen.push_back("caught");
    }
  });
  complete(-EIO, 1);
  complete(-ECANCELED);
  EXPECT_EQ(seen, (steps{"b failed", "a aborted", "caught"}));
  stop();
}

TEST_F(when_test, is_cancelled_with_the_task_that_awaits_it) {
  std::optional<join_handle<void>> handle;
  call([&](shard& on) {
    handle.emplace(on.spawn([](shard& self, when_test& test) -> task<> {
      co_await when_all(self, test.done(self, "a"), [](shard& inner, when_test& of) -> task<> {
        co_await when_any(inner, of.done(inner, "b"), of.done(inner, "c"));
      }(self, test));
    }(on, *this)));
  });
  ASSERT_EQ(kernel.under_way.size(), 3U);
  handle->abort();
  port.wake().publish();
  turn();
  EXPECT_EQ(kernel.cancels_staged, 3);
  for (int each = 0; each < 3; ++each)
    complete(-ECANCELED);
  EXPECT_EQ(seen, (steps{"a aborted", "b aborted", "c aborted"}));
  EXPECT_TRUE(handle->done());
  stop();
}

TEST_F(when_test, is_told_of_a_stop) {
  spawn([&](shard& on) -> task<> {
    const auto twice = [](shard& self, auto first) -> task<> {
      co_await std::move(first);
      co_await self.nop();
    };
    EXPECT_EQ(co_await error_of(when_all(on, twice(on, done(on, "a")), twice(on, done(on, "b")))), errc::stopped);
    seen.push_back("stopped");
  });
  port.request_stop();
  for (int each = 0; each < 3; ++each)
    ASSERT_TRUE(loop.turn());
  kernel.complete(0, 0);
  kernel.complete(0, 0);
  stop();
  EXPECT_EQ(seen, (steps{"a", "b", "stopped"}));
}

class when_left : public when_test {
 public:
  when_left() : when_test(impatient(with_room())) {}
};

TEST_F(when_left, takes_its_tasks_along_where_it_is_destroyed) {
  const auto alive = std::make_shared<int>(0);
  const auto wait_for_ever = [](std::shared_ptr<int>) -> task<> { co_await forever(); };
  spawn([&](shard& on) -> task<> { co_await when_all(on, wait_for_ever(alive), wait_for_ever(alive)); });
  spawn([&](shard& on) -> task<> {
    std::vector<task<>> work;
    work.push_back(wait_for_ever(alive));
    co_await when_any(on, std::move(work));
  });
  EXPECT_GT(alive.use_count(), 3);
  stop();
  EXPECT_EQ(alive.use_count(), 1);
}

} // namespace
} // namespace shardbridge::detail
