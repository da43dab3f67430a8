// Goal: functions posted from real shards are called on the executor, bounded and in order; an executor that does not
// keep up makes tasks wait and nothing else; and notifier, context and group may go in any order. Method: one context
// for the bridge, run by the test, and another for the notifier, which the test runs when it likes.
#include "support/answer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <future>
#include <stdexcept>

namespace shardbridge::tests {
namespace {

/// Posts so many functions that note their numbers.
task<> post_numbers(shard& self, notifier& note, std::vector<int>& into, int first, int count) {
  for (int number = first; number < first + count; ++number)
    co_await note.post(self, [&into, number] { into.push_back(number); });
}

class notifiers : public testing::Test {
 public:
  void use(const notifier_options& options) { note = std::make_unique<notifier>(*context, options); }

  /// A task on a shard that posts numbers.
  answer<>& start(int first, int count, std::size_t shard_index = 0) {
    answer<>& out = tasks.emplace_back();
    async_call(
        all.link, shard_index,
        [this, first, count](shard& self) { return post_numbers(self, *note, called, first, count); }, out.handler());
    return out;
  }
  [[nodiscard]] bool wait_for_waiters(std::uint64_t count) {
    return all.run_until([&] { return note->stats().waiting == count; });
  }
  /// Both contexts, until all tasks have ended and nothing is outstanding. False: that did not come about.
  [[nodiscard]] bool finish() {
    const auto even = [this] {
      return note->stats().outstanding == 0 &&
             std::ranges::all_of(tasks, [](const answer<>& each) { return each.calls == 1; });
    };
    for (const auto end = std::chrono::steady_clock::now() + patience; !even();) {
      if (std::chrono::steady_clock::now() > end) return false;
      context->restart();
      all.context.restart();
      if (context->poll() + all.context.poll() == 0) std::this_thread::yield();
    }
    return true;
  }
  void expect_even() const {
    const notifier_stats seen = note->stats();
    EXPECT_EQ(seen.accepted, seen.called + seen.destroyed);
    EXPECT_EQ(seen.outstanding, 0U);
    EXPECT_EQ(seen.waiting, 0U);
  }

  std::vector<int> called; // before all that may hold functions
  std::deque<answer<>> tasks;
  std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>();
  service all{{.shards = 2}};
  std::unique_ptr<notifier> note = std::make_unique<notifier>(*context);
};

TEST_F(notifiers, call_on_the_executor_in_the_order_of_the_posts) {
  use({.capacity = 8});
  const answer<>& posted = start(0, 1000);
  ASSERT_TRUE(finish());
  EXPECT_FALSE(posted.failure);
  ASSERT_EQ(called.size(), 1000U);
  EXPECT_TRUE(std::ranges::is_sorted(called));
  EXPECT_EQ(note->stats().called, 1000U);
  expect_even();
}

TEST_F(notifiers, run_on_the_context_of_the_bridge_too) {
  notifier home(all.context, {.capacity = 4});
  EXPECT_EQ(home.get_executor(), all.context.get_executor());
  std::thread::id ran;
  answer<> posted;
  async_call(
      all.link, 0,
      [&](shard& self) -> task<> {
        for (int each = 0; each < 100; ++each)
          co_await home.post(self, [&ran] { ran = std::this_thread::get_id(); });
      },
      posted.handler());
  ASSERT_TRUE(all.finish()) << "a notifier with nothing outstanding keeps run() from returning";
  EXPECT_EQ(posted.calls, 1);
  EXPECT_EQ(ran, std::this_thread::get_id());
}

TEST_F(notifiers, make_tasks_wait_and_not_their_shard) {
  use({.capacity = 2});
  for (int each = 0; each < 3; ++each)
    start(100 * each, 10);
  ASSERT_TRUE(wait_for_waiters(3)); // and nobody runs the notifier's context
  EXPECT_EQ(note->stats().outstanding, 2U);
  for (int each = 0; each < 20; ++each) {
    outcome nop;
    async_nop(all.link, 0, nop.handler());
    ASSERT_TRUE(all.run_until([&nop] { return nop.calls == 1; }));
    EXPECT_FALSE(nop.error);
  }
  EXPECT_EQ(note->stats().waiting, 3U);
  ASSERT_TRUE(finish());
  EXPECT_EQ(called.size(), 30U);
  expect_even();
}

TEST_F(notifiers, serve_the_shards_in_turn) {
  use({.capacity = 1});
  start(0, 1);
  ASSERT_TRUE(all.run_until([this] { return note->stats().outstanding == 1; }));
  for (int each = 1; each <= 6; ++each) {
    start(each, 1, static_cast<std::size_t>(each % 2));
    ASSERT_TRUE(wait_for_waiters(static_cast<std::uint64_t>(each)));
  }
  ASSERT_TRUE(finish());
  EXPECT_EQ(called, (std::vector<int>{0, 1, 2, 3, 4, 5, 6}));
}

TEST_F(notifiers, refuse_who_finds_no_place_to_wait) {
  use({.capacity = 1, .max_waiters = 1});
  start(0, 2);
  ASSERT_TRUE(wait_for_waiters(1));
  const answer<>& refused = start(10, 1, 1);
  ASSERT_TRUE(all.run_until([&] { return refused.calls == 1; }));
  EXPECT_EQ(code_of(refused.failure), errc::no_room);
  EXPECT_EQ(note->stats().refused_no_room, 1U);
  ASSERT_TRUE(finish());
  EXPECT_EQ(called, (std::vector<int>{0, 1}));
}

TEST_F(notifiers, that_are_closed_let_go_of_who_waits) {
  use({.capacity = 1});
  const answer<>& waits = start(0, 3);
  ASSERT_TRUE(wait_for_waiters(1));
  note->close();
  EXPECT_FALSE(note->try_post([] {}));
  ASSERT_TRUE(all.run_until([&] { return waits.calls == 1; }));
  EXPECT_EQ(code_of(waits.failure), errc::stopped);
  ASSERT_TRUE(finish());
  EXPECT_EQ(called, std::vector<int>{0}) << "what was accepted is called";
  expect_even();
}

TEST_F(notifiers, let_go_of_who_waits_on_a_shard_that_stops) {
  use({.capacity = 1});
  const auto alive = std::make_shared<int>();
  answer<>& waits = tasks.emplace_back();
  async_call(
      all.link, 0,
      [this, alive](shard& self) -> task<> {
        co_await note->post(self, [] {});
        auto kept = [alive] {};
        co_await note->post(self, std::move(kept));
      },
      waits.handler());
  ASSERT_TRUE(wait_for_waiters(1));
  all.group.stop();
  all.group.join();
  ASSERT_TRUE(finish());
  EXPECT_EQ(code_of(waits.failure), errc::stopped);
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_EQ(note->stats().called, 1U);
  expect_even();
}

TEST_F(notifiers, destroyed_first_let_go_of_who_waits_and_call_the_rest) {
  use({.capacity = 1});
  answer<>& waits = start(0, 3);
  ASSERT_TRUE(wait_for_waiters(1));
  note.reset();
  ASSERT_TRUE(all.run_until([&] { return waits.calls == 1; }));
  EXPECT_EQ(code_of(waits.failure), errc::stopped);
  context->run();
  EXPECT_EQ(called, std::vector<int>{0});
}

TEST_F(notifiers, may_be_destroyed_by_what_they_call) {
  bool ran = false;
  ASSERT_TRUE(note->try_post([this] { note.reset(); }));
  ASSERT_TRUE(note->try_post([&ran] { ran = true; }));
  context->run();
  EXPECT_FALSE(note);
  EXPECT_TRUE(ran);
}

TEST_F(notifiers, whose_context_ends_destroy_what_was_not_called) {
  use({.capacity = 2});
  const auto alive = std::make_shared<int>();
  ASSERT_TRUE(note->try_post([alive] {}));
  answer<>& waits = start(0, 3);
  ASSERT_TRUE(wait_for_waiters(1));
  context.reset();
  EXPECT_EQ(alive.use_count(), 1);
  ASSERT_TRUE(all.run_until([&] { return waits.calls == 1; }));
  EXPECT_EQ(code_of(waits.failure), errc::stopped);
  const answer<>& late = start(10, 1);
  ASSERT_TRUE(all.run_until([&] { return late.calls == 1; }));
  EXPECT_EQ(code_of(late.failure), errc::stopped);
  EXPECT_FALSE(note->try_post([] {}));
  EXPECT_TRUE(called.empty());
  EXPECT_EQ(note->stats().destroyed, 2U);
  expect_even();
}

TEST_F(notifiers, whose_context_ends_while_shards_post) {
  for (int round = 0; round < 50; ++round) {
    context = std::make_unique<asio::io_context>();
    use({.capacity = 4});
    std::atomic<int> ended = 0;
    for (std::size_t each = 0; each < 2; ++each)
      async_call(
          all.link, each,
          [this](shard& self) -> task<> {
            for (;;) {
              co_await note->post(self, [this] { called.push_back(0); });
              co_await self.yield();
            }
          },
          [&ended](const std::exception_ptr& failure) { ended += failure ? 1 : 0; });
    context->run_for(std::chrono::microseconds(50 * round));
    context.reset();
    ASSERT_TRUE(all.run_until([&ended] { return ended == 2; }));
    expect_even();
  }
}

TEST_F(notifiers, what_a_function_throws_leaves_run) {
  ASSERT_TRUE(note->try_post([] { throw std::logic_error("the function's own"); }));
  start(1, 2);
  ASSERT_TRUE(all.run_until([this] { return note->stats().outstanding == 3; }));
  EXPECT_THROW(context->run(), std::logic_error);
  EXPECT_TRUE(called.empty());
  context->run();
  EXPECT_EQ(called, (std::vector<int>{1, 2}));
  ASSERT_TRUE(finish());
  expect_even();
}

TEST_F(notifiers, take_functions_that_can_only_be_moved) {
  answer<>& posted = tasks.emplace_back();
  async_call(
      all.link, 0,
      [this](shard& self) -> task<> {
        auto function = [this, owned = std::make_unique<int>(7)] { called.push_back(*owned); };
        co_await note->post(self, std::move(function));
        auto post = note->post(self, [this, owned = std::make_unique<int>(8)] { called.push_back(*owned); });
        co_await post;
      },
      posted.handler());
  ASSERT_TRUE(finish());
  EXPECT_EQ(called, (std::vector<int>{7, 8}));
}

TEST_F(notifiers, leave_a_function_alone_that_they_do_not_take) {
  use({.capacity = 1});
  struct function {
    std::unique_ptr<int> owned;
    void operator()() const {}
  };
  ASSERT_TRUE(note->try_post([] {}));
  function kept{std::make_unique<int>(7)};
  EXPECT_FALSE(note->try_post(std::move(kept)));
  ASSERT_TRUE(kept.owned);
  context->run();
  EXPECT_TRUE(note->try_post(std::move(kept)));
  context->restart();
  context->run();
}

TEST_F(notifiers, give_room_back_that_a_function_could_not_use) {
  use({.capacity = 1});
  struct unmovable {
    unmovable() = default;
    unmovable(const unmovable&) { throw std::runtime_error("not this one"); }
    void operator()() const {}
  };
  const unmovable function;
  EXPECT_THROW(static_cast<void>(note->try_post(function)), std::runtime_error);
  EXPECT_EQ(note->stats().outstanding, 0U);
  EXPECT_EQ(note->stats().accepted, 0U);
  EXPECT_TRUE(note->try_post([] {}));
  context->run();
}

TEST_F(notifiers, call_for_threads_in_the_order_of_each) {
  constexpr int threads = 3;
  constexpr int posts = 1000;
  use({.capacity = 16});
  std::vector<std::vector<int>> ran(threads);
  std::atomic<int> over = 0;
  std::vector<std::jthread> posting;
  for (std::vector<int>& own : ran)
    posting.emplace_back([&] {
      for (int each = 0; each < posts; ++each)
        while (!note->try_post([&own, each] { own.push_back(each); }))
          std::this_thread::yield();
      ++over;
    });
  for (const auto end = std::chrono::steady_clock::now() + patience;
       (over < threads || note->stats().outstanding > 0) && std::chrono::steady_clock::now() < end;) {
    context->restart();
    context->run();
  }
  for (const std::vector<int>& own : ran) {
    EXPECT_EQ(own.size(), static_cast<std::size_t>(posts));
    EXPECT_TRUE(std::ranges::is_sorted(own));
  }
  expect_even();
}

TEST_F(notifiers, call_one_at_a_time_on_a_pool) {
  asio::thread_pool pool(3);
  note = std::make_unique<notifier>(pool, notifier_options{.capacity = 4});
  std::atomic<int> inside = 0;
  int overlaps = 0; // unguarded: one at a time
  for (std::size_t each = 0; each < 4; ++each)
    async_call(
        all.link, each % 2,
        [&](shard& self) -> task<> {
          for (int post = 0; post < 200; ++post)
            co_await note->post(self, [&inside, &overlaps, post] {
              overlaps += inside.fetch_add(1);
              if (post % 50 == 0) std::this_thread::sleep_for(1ms);
              --inside;
            });
        },
        tasks.emplace_back().handler());
  ASSERT_TRUE(finish());
  pool.join();
  EXPECT_EQ(overlaps, 0);
  EXPECT_EQ(note->stats().called, 800U);
}

TEST_F(notifiers, let_other_handlers_have_their_turn) {
  use({.capacity = 100});
  for (int each = 0; each < 100; ++each)
    ASSERT_TRUE(note->try_post([this, each] {
      called.push_back(each);
      std::this_thread::sleep_for(200us);
    }));
  std::size_t before = 0;
  asio::post(*context, [&] { before = called.size(); });
  context->run();
  EXPECT_EQ(called.size(), 100U);
  EXPECT_LE(before, 2U);
}

TEST_F(notifiers, tell_how_full_they_are) {
  use({.capacity = 4});
  EXPECT_EQ(note->level(), pressure_level::normal);
  start(0, 5);
  ASSERT_TRUE(wait_for_waiters(1));
  EXPECT_EQ(note->level(), pressure_level::suspended);
  EXPECT_EQ(note->stats().level, pressure_level::suspended);
  ASSERT_TRUE(finish());
  EXPECT_EQ(note->level(), pressure_level::normal);
  EXPECT_GE(note->stats().level_entered[2], 1U);
}

TEST(notifier, is_made_of_what_an_asio_object_is_made_of) {
  asio::io_context context;
  asio::thread_pool pool(1);
  const basic_notifier of_context(context);
  static_assert(std::is_same_v<decltype(of_context)::executor_type, asio::io_context::executor_type>);
  const basic_notifier of_strand(asio::make_strand(pool), {.capacity = 1});
  const notifier any(asio::any_io_executor(pool.get_executor()));
  EXPECT_EQ(of_context.get_executor(), context.get_executor());
  EXPECT_THROW(notifier(context, {.capacity = 0}), std::invalid_argument);
  static_assert(!std::is_copy_constructible_v<notifier> && !std::is_move_constructible_v<notifier>);
  static_assert(!std::is_convertible_v<asio::io_context&, notifier>);
}

} // namespace
} // namespace shardbridge::tests
