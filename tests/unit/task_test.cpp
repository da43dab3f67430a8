// Goal: a task is lazy, gives its result or its exception to who awaits it, takes no stack however long the chain, and
// is destroyed wherever it is suspended. Method: chains run by hand, without a shard; what is destroyed is counted.
#include <shardbridge/task.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

/// A coroutine that the test resumes and destroys.
class driver {
 public:
  struct promise_type {
    driver get_return_object() { return driver(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { failure = std::current_exception(); }
    std::exception_ptr failure;
  };

  driver(driver&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;
  ~driver() {
    if (coroutine_) coroutine_.destroy();
  }

  driver& start() {
    run_chain(coroutine_);
    return *this;
  }
  [[nodiscard]] bool done() const { return coroutine_.done(); }
  void rethrow() const {
    if (coroutine_.promise().failure) std::rethrow_exception(coroutine_.promise().failure);
  }

 private:
  explicit driver(std::coroutine_handle<promise_type> made) : coroutine_(made) {}
  std::coroutine_handle<promise_type> coroutine_;
};

/// Something that has not come yet.
class gate {
 public:
  /// Awaited. An object of its own, because gcc 12 copies what a lambda captured by reference and awaits.
  struct opening {
    gate& of;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> who) const noexcept { of.waiting_ = who; }
    void await_resume() const noexcept {}
  };
  opening opened() noexcept { return {*this}; }
  void open() { run_chain(std::exchange(waiting_, nullptr)); }

 private:
  std::coroutine_handle<> waiting_;
};

struct counted {
  explicit counted(int& alive) : alive_(alive) { ++alive_; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { --alive_; }

 private:
  int& alive_;
};

task<int> give(int value) {
  co_return value;
}
task<> fail() {
  throw std::runtime_error("as planned");
  co_return;
}

TEST(task, does_nothing_until_it_is_awaited) {
  bool ran = false;
  const auto note = [](bool& out) -> task<> {
    out = true;
    co_return;
  };
  { const task<> never = note(ran); }
  EXPECT_FALSE(ran);
  const auto outer = [&]() -> driver { co_await note(ran); };
  EXPECT_TRUE(outer().start().done());
  EXPECT_TRUE(ran);
}

TEST(task, gives_values_of_every_kind) {
  int original = 0;
  const auto text = []() -> task<std::string> { co_return "text"; };
  const auto owned = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  const auto reference = [](int& to) -> task<int&> { co_return to; };
  const auto outer = [&]() -> driver {
    EXPECT_EQ(co_await give(42), 42);
    EXPECT_EQ(co_await text(), "text");
    EXPECT_EQ(*co_await owned(), 7);
    int& same = co_await reference(original);
    EXPECT_EQ(&same, &original);
  };
  EXPECT_TRUE(outer().start().done());
}

TEST(task, throws_its_exception_where_it_is_awaited) {
  const auto middle = []() -> task<int> {
    co_await fail();
    co_return 1;
  };
  const auto outer = [&]() -> driver { co_await middle(); };
  auto made = outer();
  EXPECT_TRUE(made.start().done());
  EXPECT_THROW(made.rethrow(), std::runtime_error);
}

TEST(task, goes_on_after_an_exception_that_was_caught) {
  const auto outer = []() -> driver {
    EXPECT_THROW(co_await fail(), std::runtime_error);
    EXPECT_EQ(co_await give(1), 1);
  };
  EXPECT_TRUE(outer().start().done());
}

TEST(task, takes_no_stack_for_a_million_in_a_row) {
  long sum = 0;
  const auto outer = [&]() -> driver {
    for (int each = 0; each < 1'000'000; ++each)
      sum += co_await give(1);
  };
  EXPECT_TRUE(outer().start().done());
  EXPECT_EQ(sum, 1'000'000);
}

task<long> depth(long left) {
  if (left == 0) co_return 0;
  co_return 1 + co_await depth(left - 1);
}

TEST(task, takes_no_stack_for_a_hundred_thousand_in_one_another) {
  const auto outer = []() -> driver { EXPECT_EQ(co_await depth(100'000), 100'000); };
  EXPECT_TRUE(outer().start().done());
}

TEST(task, waits_for_what_has_not_come) {
  gate closed;
  const auto inner = [&]() -> task<int> {
    co_await closed.opened();
    co_return 3;
  };
  int seen = 0;
  const auto outer = [&]() -> driver { seen = co_await inner(); };
  auto made = outer();
  EXPECT_FALSE(made.start().done());
  closed.open();
  EXPECT_TRUE(made.done());
  EXPECT_EQ(seen, 3);
}

TEST(task, is_destroyed_at_every_point_where_it_is_suspended) {
  for (int stop_after = 0; stop_after <= 4; ++stop_after) {
    int alive = 0;
    {
      gate closed;
      const auto inner = [&](std::unique_ptr<counted> argument) -> task<> {
        const counted first(alive);
        co_await closed.opened();
        const counted second(alive);
        co_await closed.opened();
        argument.reset();
      };
      const auto middle = [&]() -> task<> {
        const counted mine(alive);
        co_await inner(std::make_unique<counted>(alive));
        co_await inner(std::make_unique<counted>(alive));
      };
      const auto outer = [&]() -> driver { co_await middle(); };
      auto made = outer();
      made.start();
      for (int each = 0; each < stop_after; ++each)
        closed.open();
      EXPECT_EQ(made.done(), stop_after == 4);
    }
    EXPECT_EQ(alive, 0) << stop_after;
  }
}

TEST(task, can_be_kept_and_awaited_later) {
  std::vector<task<int>> all;
  for (int each = 0; each < 10; ++each)
    all.push_back(give(each));
  all[0] = std::move(all[9]);
  int sum = 0;
  const auto outer = [&]() -> driver {
    for (std::size_t each = 0; each < 9; ++each)
      sum += co_await std::move(all[each]);
  };
  EXPECT_TRUE(outer().start().done());
  EXPECT_EQ(sum, 9 + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8);
}

} // namespace
} // namespace shardbridge::detail
