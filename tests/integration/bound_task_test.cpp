// Goal: tasks that are bound to a socket end when it is closed, whatever they wait for, and no others do; one task owns
// what it waits for on several connections. Method: tasks on one shard that note how their waits ended.
#include "support/connected.hpp"

#include <map>
#include <optional>

namespace shardbridge::tests {
namespace {

class bound_tasks : public on_shard {
 public:
  using wait = task<> (*)(shard&, const shard_socket&);

  static task<> sleep(shard& on, const shard_socket&) { co_await on.sleep_for(no_timeout); }
  static task<> receive_one(shard& on, const shard_socket& from) { static_cast<void>(co_await on.recv(from)); }
  static task<> yield_often(shard& on, const shard_socket&) {
    while (true)
      co_await on.yield();
  }
  /// Gives why the wait ended.
  static task<error_code> ended(shard& on, const shard_socket& with, wait what) {
    try {
      co_await what(on, with);
    } catch (const boost::system::system_error& failed) {
      co_return failed.code();
    }
    co_return error_code();
  }
  /// Until it waits, or is about to.
  static task<> settle(shard& on) {
    for (int each = 0; each < 5; ++each)
      co_await on.yield();
  }
};

TEST_F(bound_tasks, end_when_their_socket_is_closed_whatever_they_wait_for) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    std::vector<join_handle<error_code>> bound;
    for (const wait each : {sleep, yield_often, receive_one})
      bound.push_back(on.spawn_with(both.ours, ended(on, both.ours, each)));
    join_handle<error_code> of_other = on.spawn_with(both.theirs, ended(on, both.theirs, yield_often));
    join_handle<error_code> free = on.spawn(ended(on, both.ours, sleep));
    co_await settle(on);
    for (const auto& each : bound)
      EXPECT_FALSE(each.done());
    both.ours.close();
    for (auto& each : bound)
      EXPECT_EQ(co_await std::move(each).join(), asio::error::operation_aborted);
    co_await settle(on);
    EXPECT_FALSE(of_other.done());
    EXPECT_FALSE(free.done());
    free.abort();
    both.theirs = {};
    EXPECT_EQ(co_await std::move(of_other).join(), asio::error::operation_aborted) << "assigned to is closed";
    EXPECT_EQ(co_await std::move(free).join(), asio::error::operation_aborted);
  });
}

TEST_F(bound_tasks, end_when_their_socket_is_destroyed_wherever_it_was_moved) {
  run([](shard& on) -> task<> {
    std::optional<join_handle<error_code>> bound;
    {
      connected both = co_await connect_both(on);
      bound = on.spawn_with(both.ours, ended(on, both.ours, sleep));
      const shard_socket moved = std::move(both.ours);
      co_await settle(on);
      EXPECT_FALSE(bound->done());
    }
    EXPECT_EQ(co_await std::move(*bound).join(), asio::error::operation_aborted);
  });
}

TEST_F(bound_tasks, may_outlive_their_socket_and_end_before_it) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    const auto nothing = []() -> task<> { co_return; };
    for (int each = 0; each < 1000; ++each)
      co_await on.spawn_with(both.ours, nothing()).join();
    std::vector<join_handle<void>> kept;
    for (int each = 0; each < 10; ++each)
      kept.push_back(on.spawn_with(both.ours, nothing()));
    co_await settle(on);
    // One that does not wait goes on.
    const auto goes_on = [](shard& self, shard_socket& closes) -> task<error_code> {
      closes.close();
      EXPECT_TRUE(self.cancelled()) << "it is bound to what it has closed";
      co_return co_await ended(self, closes, yield_often);
    };
    EXPECT_EQ(co_await on.spawn_with(both.ours, goes_on(on, both.ours)).join(), asio::error::operation_aborted);
    EXPECT_FALSE(on.cancelled());
    for (auto& each : kept)
      co_await std::move(each).join();
  });
}

TEST_F(bound_tasks, are_refused_where_the_socket_is_not_open) {
  run([](shard& on) -> task<> {
    const shard_socket closed;
    auto work = ended(on, closed, sleep);
    try {
      on.spawn_with(closed, std::move(work)).detach();
      ADD_FAILURE() << "was not refused";
    } catch (const boost::system::system_error& failed) {
      EXPECT_EQ(failed.code(), error_code(EBADF, boost::system::system_category()));
    }
    EXPECT_EQ(on.tasks(), 1U) << "this one";
    co_return;
  });
}

TEST_F(bound_tasks, may_be_of_listeners) {
  run([](shard& on) -> task<> {
    shard_listener listener = on.listen(any_port());
    const auto accepts = [](shard& self, const shard_listener& from) -> task<error_code> {
      try {
        while (true) {
          const shard_socket next = co_await self.accept(from);
          co_await self.sleep_for(no_timeout);
        }
      } catch (const boost::system::system_error& failed) {
        co_return failed.code();
      }
    };
    auto accepting = on.spawn_with(listener, accepts(on, listener));
    const shard_socket client = co_await on.connect(listener.local_endpoint<tcp::endpoint>());
    co_await settle(on);
    listener.close();
    EXPECT_EQ(co_await std::move(accepting).join(), asio::error::operation_aborted);
  });
}

/// What comes on a connection, by its number.
using heard = std::map<std::size_t, std::string>;

TEST_F(bound_tasks, may_wait_on_several_connections_and_are_woken_by_each) {
  run([](shard& on) -> task<> {
    constexpr std::size_t count = 8;
    std::vector<connected> ends;
    for (std::size_t each = 0; each < count; ++each)
      ends.push_back(co_await connect_both(on));
    heard to;
    std::vector<task_id> woken;
    const auto hears = [](shard& self, const shard_socket& from, std::size_t number, heard& into,
                          std::vector<task_id>& wakes) -> task<> {
      while (true) {
        const received_buffer bytes = co_await self.recv(from);
        if (bytes.empty()) co_return;
        wakes.push_back(self.current_task());
        into[number] += text_of(bytes);
      }
    };
    const auto serves = [&hears](shard& self, std::vector<connected>& of, heard& into,
                                 std::vector<task_id>& wakes) -> task<> {
      std::vector<task<>> parts;
      for (std::size_t each = 0; each < of.size(); ++each)
        parts.push_back(hears(self, of[each].ours, each, into, wakes));
      co_await when_all(self, std::move(parts));
    };
    join_handle<void> serving = on.spawn(serves(on, ends, to, woken));
    for (std::size_t each = 0; each < count; ++each) {
      const std::string name = std::to_string(each);
      co_await on.send(ends[each].theirs, asio::buffer(name));
      while (!to.contains(each))
        co_await on.yield();
      EXPECT_EQ(to[each], name);
    }
    EXPECT_EQ(woken, std::vector<task_id>(count, serving.id())) << "all of them are of one task";
    EXPECT_EQ(on.tasks(), 2U);
    for (connected& each : ends)
      each.theirs.close();
    co_await std::move(serving).join();
  });
}

} // namespace
} // namespace shardbridge::tests
