// Goal: code on one shard calls functions and tasks on another, or on its own, and gets what they give. Method: two
// loops stepped on one thread.
#include "two_shards.hpp"

#include <shardbridge/detail/sanitizers.hpp>

#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace shardbridge::detail {
namespace {

using shard_call_test = two_shards;

TEST_F(shard_call_test, runs_a_function_on_the_other_shard) {
  int got = 0;
  std::size_t ran_on = 9;
  spawn(here, [&](shard& self) -> task<> {
    got = co_await self.call(1, [&](shard& other) {
      ran_on = where();
      return 10 * static_cast<int>(other.index()) + 1;
    });
    EXPECT_EQ(where(), 0U) << "the task goes on where it was";
  });
  EXPECT_EQ(got, 0);
  settle();
  EXPECT_EQ(got, 11);
  EXPECT_EQ(ran_on, 1U);
  EXPECT_EQ(there.counters.snapshot(0).shard_calls, 1U);
  EXPECT_EQ(here.counters.snapshot(0).shard_calls, 0U);
}

TEST_F(shard_call_test, runs_a_task_to_its_end) {
  std::unique_ptr<int> got;
  spawn(here, [&](shard& self) -> task<> {
    auto work = [this](shard& other) -> task<std::unique_ptr<int>> {
      co_await other.yield();
      EXPECT_EQ(where(), 1U);
      co_return std::make_unique<int>(7);
    };
    got = co_await self.call(1, work);
  });
  settle();
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 7);
}

TEST_F(shard_call_test, gives_references_and_nothing) {
  int counted = 3;
  spawn(here, [&](shard& self) -> task<> {
    int& same = co_await self.call(1, [&](shard&) -> int& { return counted; });
    co_await self.call(1, [&same](shard&) { ++same; });
  });
  settle();
  EXPECT_EQ(counted, 4);
}

TEST_F(shard_call_test, throws_what_is_thrown_there) {
  steps thrown;
  spawn(here, [&](shard& self) -> task<> {
    try {
      co_await self.call(1, [](shard&) { throw std::runtime_error("function"); });
    } catch (const std::runtime_error& told) {
      thrown.emplace_back(told.what());
    }
    auto fails = [](shard& other) -> task<> {
      co_await other.yield();
      throw std::runtime_error("task");
    };
    try {
      co_await self.call(1, fails);
    } catch (const std::runtime_error& told) {
      thrown.emplace_back(told.what());
    }
  });
  settle();
  EXPECT_EQ(thrown, (steps{"function", "task"}));
}

#if !SHARDBRIDGE_ADDRESS_SANITIZER && !SHARDBRIDGE_THREAD_SANITIZER // whose allocators end the program instead
task<int> needs_much(shard& on) {
  volatile char much[std::size_t{1} << 46U]; // NOLINT(modernize-avoid-c-arrays)
  much[0] = 1;
  co_await on.yield();
  co_return much[0];
}

TEST_F(shard_call_test, is_answered_where_the_task_finds_no_memory) {
  bool told = false;
  spawn(here, [&](shard& self) -> task<> {
    try {
      co_await self.call(1, needs_much);
    } catch (const std::bad_alloc&) {
      told = true;
    }
  });
  settle();
  EXPECT_TRUE(told);
}
#endif

TEST_F(shard_call_test, runs_on_the_own_shard_in_its_turn) {
  steps seen;
  spawn(here, [&](shard& self) -> task<> {
    seen.emplace_back("calls");
    const int got = co_await self.call(0, [&](shard& same) {
      EXPECT_EQ(&same, &self);
      seen.emplace_back("runs");
      return 5;
    });
    EXPECT_EQ(got, 5);
    auto work = [&](shard& same) -> task<int> {
      co_await same.yield();
      seen.emplace_back("has waited");
      co_return 6;
    };
    EXPECT_EQ(co_await self.call(0, work), 6);
    seen.emplace_back("goes on");
  });
  EXPECT_EQ(seen, steps{"calls"}) << "never inside the call";
  settle();
  EXPECT_EQ(seen, (steps{"calls", "runs", "has waited", "goes on"}));
  EXPECT_EQ(here.counters.snapshot(0).shard_calls, 2U);
}

TEST_F(shard_call_test, refuses_a_shard_that_the_group_does_not_have) {
  boost::system::error_code told;
  spawn(here, [&](shard& self) -> task<> {
    EXPECT_EQ(self.group_size(), 2U);
    auto beyond = self.call(2, [](shard&) { ADD_FAILURE() << "runs"; });
    told = co_await error_of(beyond);
  });
  EXPECT_EQ(told, boost::system::errc::invalid_argument);
}

TEST_F(shard_call_test, begins_in_the_order_of_the_calls) {
  std::vector<int> begun;
  for (int each = 0; each < 200; ++each)
    push(here, [&begun, each](shard& self) {
      const auto caller = [](shard& on, std::vector<int>& to, int number) -> task<> {
        co_await on.call(1, [&to, number](shard&) { to.push_back(number); });
      };
      self.spawn(caller(self, begun, each)).detach();
    });
  settle();
  settle();
  ASSERT_EQ(begun.size(), 200U);
  EXPECT_TRUE(std::is_sorted(begun.begin(), begun.end()));
}

TEST_F(shard_call_test, of_high_priority_goes_first) {
  steps begun;
  const auto caller = [&](shard& self, const char* name, priority how) -> task<> {
    co_await self.call(1, [&begun, name](shard&) { begun.emplace_back(name); }, {.priority = how});
  };
  spawn(here, [&](shard& self) { return caller(self, "normal", priority::normal); });
  spawn(here, [&](shard& self) { return caller(self, "high", priority::high); });
  settle();
  EXPECT_EQ(begun, (steps{"high", "normal"}));
}

/// Notes where it is called and destroyed.
class notes_its_places {
 public:
  notes_its_places(two_shards& test, std::vector<std::string>& to) : test_(test), to_(to) {}
  notes_its_places(notes_its_places&& other) noexcept
      : test_(other.test_), to_(other.to_), real_(std::exchange(other.real_, false)) {}
  notes_its_places& operator=(notes_its_places&&) = delete;
  ~notes_its_places() {
    if (real_) note("destroyed on ");
  }
  task<> operator()(shard& on) {
    note("called on ");
    return runs(on);
  }

 private:
  task<> runs(shard& on) {
    co_await on.yield();
    note("goes on on ");
  }
  void note(const char* what) { to_.push_back(what + std::to_string(test_.where())); }

  two_shards& test_;
  std::vector<std::string>& to_;
  bool real_ = true;
};

TEST_F(shard_call_test, destroys_the_function_on_the_shard_that_calls) {
  steps seen;
  spawn(here, [&](shard& self) -> task<> {
    notes_its_places work(*this, seen);
    co_await self.call(1, std::move(work));
    seen.emplace_back("over");
  });
  settle();
  EXPECT_EQ(seen, (steps{"called on 1", "goes on on 1", "destroyed on 0", "over"}));
}

TEST_F(shard_call_test, of_two_shards_from_inside_calls_comes_back) {
  int depth = 0;
  struct ping {
    static task<int> pong(shard& on, int left, int& deepest) {
      deepest = std::max(deepest, left);
      if (left == 0) co_return 0;
      auto next = [left, &deepest](shard& other) { return pong(other, left - 1, deepest); };
      co_return 1 + co_await on.call(1 - on.index(), next);
    }
  };
  int sums = 0;
  for (member* const of : {&here, &there})
    spawn(*of, [&](shard& self) -> task<> { sums += co_await ping::pong(self, 9, depth); });
  settle();
  settle();
  EXPECT_EQ(sums, 18);
  EXPECT_EQ(depth, 9);
}

} // namespace
} // namespace shardbridge::detail
