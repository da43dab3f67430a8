// Goal: a steady clock that is suddenly hours ahead, as after a virtual machine was stopped, has everything that was
// due meanwhile fire once, in order, and everything else wait for its own time; the loop never sleeps until what is
// past. Method: the fake kernel's own time, moved by hours between turns.
#include "shard_loop_tasks_fixture.hpp"

#include <shardbridge/with_timeout.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <deque>
#include <string>

namespace shardbridge::detail {
namespace {

using clock = std::chrono::steady_clock;

class shard_loop_after_a_jump : public shard_loop_tasks {
 public:
  shard_loop_after_a_jump() {
    kernel.time = began;
    kernel.on_wait = [this] {
      expect_that_it_may_wait();
      EXPECT_GT(kernel.waited_until, *kernel.time) << "it wants to be woken in the past";
    };
  }

  void jump(std::int64_t hours) { *kernel.time += hours * hour; }
  [[nodiscard]] std::int64_t in_hours(std::int64_t hours) const { return began + hours * hour; }
  void sleep_until(std::int64_t hours) {
    spawn([this, hours](shard& on) -> task<> {
      co_await on.sleep_until(clock::time_point(std::chrono::nanoseconds(in_hours(hours))));
      EXPECT_GE(*kernel.time, in_hours(hours));
      seen.push_back(std::to_string(hours));
    });
  }

  const std::int64_t began = clock_now();
};

TEST_F(shard_loop_after_a_jump, sleepers_wake_once_in_the_order_of_their_times) {
  for (const std::int64_t each : {7, 3, 5, 2000, 1, 9, 50})
    sleep_until(each);
  jump(10);
  turn();
  EXPECT_EQ(seen, (steps{"1", "3", "5", "7", "9"}));
  turn();
  EXPECT_EQ(seen.size(), 5U) << "once";
  EXPECT_GT(kernel.waited_until, in_hours(10));
  EXPECT_LE(kernel.waited_until, in_hours(50));
  jump(10'000);
  turn();
  EXPECT_EQ(seen, (steps{"1", "3", "5", "7", "9", "50", "2000"}));
  EXPECT_EQ(kernel.waited_until, never);
  stop();
}

TEST_F(shard_loop_after_a_jump, what_is_set_afterwards_waits_for_its_own_time) {
  jump(100);
  turn();
  sleep_until(101);
  sleep_until(50); // over already
  turn();
  EXPECT_EQ(seen, steps{"50"});
  jump(2);
  turn();
  EXPECT_EQ(seen, (steps{"50", "101"}));
  stop();
}

TEST_F(shard_loop_after_a_jump, bounds_have_passed_but_what_came_in_time_counts) {
  const auto bounded = [this](std::int64_t hours, const char* name) {
    spawn([this, hours, name](shard& on) -> task<> {
      const auto until = clock::time_point(std::chrono::nanoseconds(in_hours(hours)));
      auto inner = [](shard& self) -> task<> { co_await self.nop(); }(on);
      try {
        co_await with_deadline(on, until, std::move(inner));
        seen.push_back(std::string(name) + " done");
      } catch (const boost::system::system_error& late) {
        EXPECT_EQ(late.code(), errc::expired_in_flight);
        seen.push_back(std::string(name) + " late");
      }
    });
  };
  bounded(1, "near");
  bounded(1000, "far");
  ASSERT_EQ(kernel.under_way.size(), 2U);
  jump(10);
  turn();
  EXPECT_EQ(kernel.cancels_staged, 1) << "of the one that is late";
  complete(-ECANCELED);
  EXPECT_EQ(seen, steps{"near late"});
  complete(0);
  EXPECT_EQ(seen, (steps{"near late", "far done"}));
  stop();
}

TEST_F(shard_loop_after_a_jump, deadlines_of_operations_pass_once_wherever_they_are) {
  std::deque<test_transfer> all;
  for (int each = 0; each < 6; ++each) {
    all.emplace_back(op_code::read, *regular, std::vector<std::size_t>{10});
    all.back().op.deadline = in_hours(each == 5 ? 1000 : 6 - each); // the last in time
    push(all.back().op);
  }
  turn();
  ASSERT_EQ(kernel.under_way.size(), 2U) << "the others are queued";
  jump(10);
  turn();
  EXPECT_EQ(kernel.cancels_staged, 2);
  EXPECT_EQ(replies(), (named{&all[4].op, &all[3].op, &all[2].op})) << "in the order of their deadlines";
  complete(-ECANCELED);
  complete(10); // it came all the same
  EXPECT_EQ(all[0].op.result, op_result::of(errc::expired_in_flight));
  EXPECT_EQ(all[1].op.result, moved(10)) << "completion beats timeout";
  for (const std::size_t each : {2U, 3U, 4U})
    EXPECT_EQ(all[each].op.result, expired_queued) << each;
  ASSERT_EQ(kernel.under_way.size(), 1U);
  EXPECT_EQ(kernel.staged, 3) << "what is late makes no submission";
  EXPECT_EQ(kernel.under_way[0].what.linked_deadline, in_hours(1000));
  complete(10);
  EXPECT_EQ(replies(), (named{&all[0].op, &all[1].op, &all[5].op}));
  EXPECT_EQ(kernel.waited_until, never);
}

TEST_F(shard_loop_after_a_jump, what_has_no_deadline_waits_on) {
  test_transfer hung(op_code::read, *pipe, {10});
  push(hung.op);
  turn();
  jump(10);
  turn();
  ASSERT_EQ(kernel.under_way.size(), 1U) << "without a deadline it waits on";
  complete(10);
  EXPECT_EQ(replies(), named{&hung.op});
  EXPECT_EQ(hung.op.result, moved(10));
  stop();
}

} // namespace
} // namespace shardbridge::detail
