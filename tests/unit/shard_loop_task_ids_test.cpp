// Goal: a task is known by its id from its beginning to its end and never mistaken for another, whoever has its slot by
// then; what all of them do can be seen. Method: tasks on one shard's loop that note their ids, looked at and aborted
// between turns.
#include "task_waits_fixture.hpp"

#include <shardbridge/channel.hpp>
#include <shardbridge/when.hpp>
#include <shardbridge/with_timeout.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

namespace shardbridge::detail {
namespace {

using ids = std::vector<task_id>;

class shard_loop_task_ids : public task_waits {
 public:
  shard_loop_task_ids() : task_waits(impatient()) {}

  bool abort(const task_id& which) {
    bool done = false;
    call([&](shard& on) { done = on.abort(which); });
    return done;
  }
  std::vector<task_info> infos() {
    std::vector<task_info> out;
    call([&](shard& on) { on.for_each_task([&](const task_info& each) { out.push_back(each); }); });
    return out;
  }
  /// One that waits until it is told, and notes how it ended.
  std::size_t start_waiting(const char* name) {
    return start([this, name](shard& on) -> task<> {
      try {
        co_await on.sleep_for(no_timeout);
      } catch (const boost::system::system_error& failed) {
        seen.push_back(std::string(name) + ' ' + name_of(failed));
      }
    });
  }

  ids noted;
};

TEST_F(shard_loop_task_ids, are_the_same_from_outside_and_inside) {
  const std::size_t which = start([this](shard& on) -> task<> {
    noted.push_back(on.current_task());
    co_await on.yield();
    noted.push_back(on.current_task());
    co_await [](shard& same, ids& to) -> task<> {
      to.push_back(same.current_task());
      co_await same.yield();
      to.push_back(same.current_task());
    }(on, noted);
    auto inner = [](shard& same, ids& to) -> task<> {
      co_await same.yield();
      to.push_back(same.current_task());
    };
    co_await when_all(on, inner(on, noted), inner(on, noted));
    co_await with_timeout(on, std::chrono::hours(1), inner(on, noted));
  });
  ASSERT_TRUE(handles[which].done());
  EXPECT_EQ(noted, ids(7, handles[which].id()));
  EXPECT_TRUE(handles[which].id());
  EXPECT_EQ(handles[which].id().shard(), 0U);
  stop();
}

TEST_F(shard_loop_task_ids, are_of_no_task_in_a_function) {
  const std::size_t waits = start_waiting("first");
  EXPECT_TRUE(abort(handles[waits].id())) << "so that nothing of it is left behind";
  call([](shard& on) {
    EXPECT_FALSE(on.current_task());
    EXPECT_FALSE(on.cancelled());
  });
  stop();
}

TEST_F(shard_loop_task_ids, abort_their_task) {
  const std::size_t first = start_waiting("first");
  start_waiting("second");
  EXPECT_TRUE(abort(handles[first].id()));
  expect_seen({"first aborted"});
  EXPECT_TRUE(handles[first].done());
  stop();
  expect_seen({"second stopped"});
}

TEST_F(shard_loop_task_ids, of_tasks_that_have_ended_are_harmless_whoever_has_their_slot) {
  const std::size_t first = start_waiting("first");
  const task_id ended = handles[first].id();
  EXPECT_TRUE(abort(ended));
  expect_seen({"first aborted"});
  const std::size_t second = start_waiting("second");
  ASSERT_EQ(handles[second].id().slot(), ended.slot());
  EXPECT_FALSE(abort(ended));
  EXPECT_FALSE(abort(task_id()));
  call([&](shard&) { handles[first].abort(); });
  EXPECT_FALSE(handles[second].done());
  EXPECT_TRUE(seen.empty());
  stop();
}

TEST_F(shard_loop_task_ids, abort_the_task_that_runs_from_its_next_wait_on) {
  start([this](shard& on) -> task<> {
    EXPECT_TRUE(on.abort(on.current_task()));
    EXPECT_TRUE(on.cancelled());
    auto next = on.yield();
    EXPECT_EQ(co_await error_of(next), boost::asio::error::operation_aborted);
    seen.push_back("over");
  });
  expect_seen({"over"});
  stop();
}

TEST_F(shard_loop_task_ids, are_counted_while_their_tasks_live) {
  const auto count = [this] {
    std::size_t out = 0;
    call([&](shard& on) { out = on.tasks(); });
    return out;
  };
  EXPECT_EQ(count(), 0U);
  const std::size_t first = start_waiting("first");
  start_waiting("second");
  EXPECT_EQ(count(), 2U);
  EXPECT_TRUE(abort(handles[first].id()));
  EXPECT_EQ(count(), 1U);
  stop();
}

TEST_F(shard_loop_task_ids, tell_what_their_tasks_do) {
  channel<int>* nothing = nullptr;
  const std::size_t owner = start([&](shard& on) -> task<> {
    channel<int> mine(on, 1);
    nothing = &mine;
    co_await on.sleep_for(no_timeout);
  });
  const std::size_t receiver = start([&](shard&) -> task<> { co_await nothing->receive(); });
  const std::size_t reader = start([](shard& on) -> task<> { co_await on.nop(); });
  const std::size_t joiner = start([this, reader](shard&) -> task<> { co_await std::move(handles[reader]).join(); });
  const std::size_t parent = start([](shard& on) -> task<> {
    auto inner = [](shard& same) -> task<> { co_await same.sleep_for(no_timeout); };
    co_await with_timeout(on, std::chrono::hours(1), inner(on));
  });
  const std::size_t stranger = start([](shard&) -> task<> { co_await forever(); });
  std::vector<task_info> all;
  std::optional<join_handle<void>> new_one;
  call([&](shard& on) {
    new_one = on.spawn([](shard& self, std::vector<task_info>& to) -> task<> {
      self.for_each_task([&](const task_info& each) { to.push_back(each); });
      co_return;
    }(on, all));
    handles[receiver].abort();
  });
  ASSERT_EQ(all.size(), 7U) << "with the one that looks";
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &task_info::id));
  const auto expect = [&](std::size_t at, task_id id, task_state state, const char* waits_for) {
    SCOPED_TRACE(at);
    EXPECT_EQ(all[at].id, id);
    EXPECT_EQ(all[at].state, state);
    EXPECT_STREQ(all[at].waits_for, waits_for);
    EXPECT_EQ(all[at].since.time_since_epoch().count() > 0, waits_for != nullptr);
    EXPECT_LE(all[at].since.time_since_epoch().count(), clock_now());
    EXPECT_EQ(all[at].cancelled, id == handles[receiver].id());
  };
  const auto reader_id = all[2].id;
  expect(0, handles[owner].id(), task_state::waiting, "sleep");
  expect(1, handles[receiver].id(), task_state::ready, "receive");
  expect(2, reader_id, task_state::waiting, "nop");
  expect(3, handles[joiner].id(), task_state::waiting, "join");
  expect(4, handles[parent].id(), task_state::waiting, "tasks");
  expect(5, handles[stranger].id(), task_state::waiting, nullptr);
  expect(6, new_one->id(), task_state::running, nullptr);
  // Of the one that has not begun, in its own turn.
  call([&](shard& on) {
    on.spawn([](shard& self) -> task<> { co_await self.yield(); }(on)).detach();
    all.clear();
    on.for_each_task([&](const task_info& each) { all.push_back(each); });
  });
  EXPECT_EQ(all.back().state, task_state::ready);
  EXPECT_STREQ(all.back().waits_for, "start");
  complete(0);
  stop();
}

TEST_F(shard_loop_task_ids, tell_since_when_their_tasks_wait) {
  start_waiting("first");
  const auto before = infos().at(0).since;
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(infos().at(0).since, before);
  start_waiting("second");
  EXPECT_GE(infos().at(1).since - before, std::chrono::milliseconds(5));
  stop();
}

} // namespace
} // namespace shardbridge::detail
