// Goal: whatever shards call on one another, and whenever they are stopped, every call ends once, what it began is over
// by then, and functions live and die where they were made. Method: tasks on four shards that call one another at
// random, are aborted, late or spawned, while the group is stopped at a random moment.
#include "stress.hpp"

#include <array>
#include <thread>

namespace shardbridge::tests {
namespace {

struct census {
  std::atomic<std::uint64_t> called = 0, ended = 0, unexpected = 0, moved = 0;
  std::atomic<std::int64_t> running = 0, functions = 0;
};

/// Counts as long as it lives, and tells if it dies on another thread than the one it was made on.
class native {
 public:
  explicit native(census& all) : all_(&all) { ++all_->functions; }
  native(const native& other) : all_(other.all_) { ++all_->functions; }
  native& operator=(const native&) = delete;
  ~native() {
    --all_->functions;
    if (std::this_thread::get_id() != home_) ++all_->moved;
  }

 private:
  census* all_;
  const std::thread::id home_ = std::this_thread::get_id();
};

class running {
 public:
  explicit running(census& all) : all_(all) { ++all_.running; }
  ~running() { --all_.running; }
  running(const running&) = delete;
  running& operator=(const running&) = delete;

 private:
  census& all_;
};

task<> wander(shard& self, census& all, std::uint64_t luck);

/// One call, whose end is counted whatever it is.
task<> call_one(shard& self, census& all, std::uint64_t luck) {
  dice chance(luck);
  const std::size_t other = chance.roll(self.group_size());
  io_options with;
  if (chance.one_in(4)) with.timeout = std::chrono::microseconds(chance.roll(300));
  const bool plain = chance.one_in(3);
  std::atomic<int> inside = 0;
  std::exception_ptr failed;
  ++all.called;
  try {
    if (plain) {
      const auto function = [&inside, here = native(all)](shard&) { return ++inside; };
      if (co_await self.call(other, function, with) != 1) ++all.unexpected;
      if (inside != 1) ++all.unexpected;
    } else {
      const auto function = [&all, &inside, luck, here = native(all)](shard& on) -> task<> {
        struct presence {
          std::atomic<int>& count;
          explicit presence(std::atomic<int>& of) : count(of) { ++count; }
          ~presence() { --count; }
        } const there(inside);
        co_await wander(on, all, luck / 7);
      };
      co_await self.call(other, function, with);
    }
  } catch (const boost::system::system_error& told) {
    all.unexpected += balance::explained(told.code()) ? 0U : 1U;
  }
  if (!plain && inside != 0) ++all.unexpected; // what was called is over
  ++all.ended;
}

task<> wander(shard& self, census& all, std::uint64_t luck) {
  const running here(all);
  dice chance(luck);
  for (std::uint64_t steps = chance.roll(5); steps > 0; --steps) {
    const std::uint64_t next = luck / (2 + chance.roll(3));
    switch (chance.roll(6)) {
    case 0:
      co_await self.yield();
      break;
    case 1:
      co_await self.nop();
      break;
    case 2: {
      auto child = self.spawn(call_one(self, all, next));
      if (chance.one_in(2)) co_await self.yield();
      if (chance.one_in(2)) child.abort();
      co_await std::move(child).join();
      break;
    }
    case 3:
      co_await self.sleep_for(std::chrono::microseconds(chance.roll(100)));
      break;
    default:
      if (luck > 100) co_await call_one(self, all, next);
    }
  }
}

void run(const shard_group_options& options) {
  dice chance(seed());
  std::uint64_t calls = 0;
  for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
    census all;
    std::atomic<std::uint64_t> initiated = 0, answered = 0;
    {
      shard_group group(options);
      asio::thread_pool pool(1);
      bridge link(pool, group, {.max_ops = 64});
      for (std::size_t each = 0; each < 40; ++each) {
        ++initiated;
        op_options with;
        if (chance.one_in(3)) with.timeout = std::chrono::microseconds(chance.roll(1000));
        async_call(
            link, each % options.shards,
            [&all, luck = chance.roll(1'000'000)](shard& self) { return wander(self, all, luck); }, with,
            [&](const std::exception_ptr& failed) {
              ++answered;
              if (!failed) return;
              try {
                std::rethrow_exception(failed);
              } catch (const boost::system::system_error& told) {
                all.unexpected += balance::explained(told.code()) ? 0U : 1U;
              }
            });
      }
      if (chance.one_in(2)) {
        std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(3000)));
        group.stop();
      }
      pool.join();
      group.stop();
      group.join();
      for (const shard_stats& each : group.stats())
        EXPECT_EQ(each.tasks, 0U);
    }
    EXPECT_EQ(answered, initiated);
    EXPECT_EQ(all.called, all.ended);
    EXPECT_EQ(all.unexpected, 0U);
    EXPECT_EQ(all.running, 0);
    EXPECT_EQ(all.functions, 0);
    EXPECT_EQ(all.moved, 0U);
    calls += all.called;
  }
  EXPECT_GT(calls, 0U);
}

TEST(exactly_once_under_stress, shards_that_call_one_another_are_stopped) {
  run({.shards = 4, .ring_entries = 4, .turn_slice = 10us});
}

TEST(exactly_once_under_stress, shards_that_wake_one_another_by_messages_are_stopped) {
  run({.shards = 3, .ring_entries = 4, .spin = 0us, .shard_wake = shard_wake::message, .turn_slice = 10us});
}

} // namespace
} // namespace shardbridge::tests
