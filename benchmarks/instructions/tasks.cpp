// What code on a shard does again and again, with the share of the loop's turns that it takes.
#include "counted.hpp"
#include "stepped_bridge.hpp"
#include "stepped_shard.hpp"
#include "steps.hpp"

#include <shardbridge/channel.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace shardbridge::bench {
namespace {

constexpr std::size_t operations = 1000;

task<> empty() {
  co_return;
}
task<> spawn_one_by_one(shard& on) {
  for (std::size_t each = 0; each < operations; ++each)
    co_await on.spawn(empty()).join();
}
task<> await_one_by_one(shard&) {
  for (std::size_t each = 0; each < operations; ++each)
    co_await empty();
}
task<> yield(shard& on) {
  for (std::size_t each = 0; each < operations; ++each)
    co_await on.yield();
}
/// By the shard's clock, which is not that of the machine.
task<> sleep(shard& on) {
  using timepoint = std::chrono::steady_clock::time_point;
  for (std::size_t each = 0; each < operations; ++each) {
    const timepoint now(std::chrono::nanoseconds(detail::runtime_of(on).now()));
    co_await on.sleep_until(now + std::chrono::milliseconds(1));
  }
}
task<> submit(shard& on) {
  for (std::size_t each = 0; each < operations; ++each)
    co_await on.nop();
}
task<> call_other(shard& on) {
  for (std::size_t each = 0; each < operations; ++each)
    require(co_await on.call(1, [](shard& there) { return there.index(); }) == 1, "the other shard is called");
}
task<> echo(channel<int>& from, channel<int>& to) {
  while (const auto each = co_await from.receive())
    co_await to.send(*each);
}
/// There and back: two hops.
task<> hop(shard& on) {
  channel<int> there(on, 1);
  channel<int> back(on, 1);
  join_handle<void> echoing = on.spawn(echo(there, back));
  for (std::size_t each = 0; each < operations / 2; ++each) {
    co_await there.send(1);
    co_await back.receive();
  }
  there.close();
  co_await std::move(echoing).join();
}

using work = task<> (*)(shard&);

/// A call that goes on as a task which does the work.
class call final : public detail::operation {
 public:
  explicit call(work what) noexcept : operation(detail::op_code::call, &delivered), what_(what) {
    subject = this;
    run = [](operation& self, shard& on) {
      auto& all = static_cast<call&>(self);
      on.spawn(do_it(on, all)).detach();
      return true;
    };
  }

  bool worked = false;
  bool over = false;

 private:
  static task<> do_it(shard& on, call& all) {
    co_await all.what_(on);
    all.worked = true;
  }
  static void delivered(operation& self, detail::bridge_core*, delivery) { static_cast<call&>(self).over = true; }

  work what_;
};

void count_work(const char* name, work what) {
  const auto group = std::make_shared<detail::group_core>(shard_group_options{.shards = 2});
  stepped_shard here(group->ports, 0);
  stepped_shard there(group->ports, 1);
  const auto bridge = std::make_shared<stepped_bridge>(group);
  const bool needs_other = what == call_other;
  count(name, operations, [&] {
    call all(what);
    bridge->initiate(all);
    {
      const counted counting;
      while (!all.worked) {
        here.turn();
        if (needs_other) there.turn();
      }
    }
    bridge->serve();
    require(all.over, "the call is answered");
  });
}

} // namespace

void count_tasks() {
  count_work("task_spawn_and_join", spawn_one_by_one);
  count_work("task_await", await_one_by_one);
  count_work("task_yield", yield);
  count_work("task_channel_hop", hop);
  count_work("task_sleep", sleep);
  count_work("task_nop_by_kernel", submit);
  count_work("task_call_other_shard", call_other);
}

} // namespace shardbridge::bench
