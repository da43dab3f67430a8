// shardbridge-micro-tasks: what tasks of a shard cost: to spawn and end one, to await one, to let others go first,
// to hand a value over, and to have a no-op done by the ring. The clock runs on the shard, around many of them.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace shardbridge::bench {
namespace {

constexpr std::int64_t at_once = 1000;

task<> empty() {
  co_return;
}
task<> count_down(std::int64_t& left) {
  --left;
  co_return;
}
task<> yield_often(shard& on, std::int64_t times, std::int64_t& left) {
  for (std::int64_t each = 0; each < times; ++each)
    co_await on.yield();
  --left;
}

task<> spawn_all(shard& on, std::int64_t count) {
  std::int64_t left = count;
  for (std::int64_t each = 0; each < count; ++each)
    on.spawn(count_down(left)).detach();
  while (left > 0)
    co_await on.yield();
}
/// So many tasks are spawned at once.
task<> spawn(shard& on, std::int64_t count) {
  for (std::int64_t done = 0; done < count; done += at_once)
    co_await spawn_all(on, at_once);
}
task<> join(shard& on, std::int64_t count) {
  for (std::int64_t each = 0; each < count; ++each)
    co_await on.spawn(empty()).join();
}
task<> await(shard&, std::int64_t count) {
  for (std::int64_t each = 0; each < count; ++each)
    co_await empty();
}
/// Two tasks that let each other go first.
task<> yield(shard& on, std::int64_t count) {
  std::int64_t left = 1;
  on.spawn(yield_often(on, count / 2, left)).detach();
  std::int64_t own = 1;
  co_await yield_often(on, count / 2, own);
  while (left > 0)
    co_await on.yield();
}
task<> both(shard& on, std::int64_t count) {
  for (std::int64_t each = 0; each < count; each += 2)
    co_await when_all(on, empty(), empty());
}
task<> echo(channel<int>& from, channel<int>& to) {
  while (const auto each = co_await from.receive())
    co_await to.send(*each);
}
/// There and back counts twice.
task<> hop(shard& on, std::int64_t count) {
  channel<int> there(on, 1);
  channel<int> back(on, 1);
  join_handle<void> echoing = on.spawn(echo(there, back));
  for (std::int64_t each = 0; each < count; each += 2) {
    co_await there.send(1);
    co_await back.receive();
  }
  there.close();
  co_await std::move(echoing).join();
}
task<> nop(shard& on, std::int64_t count) {
  for (std::int64_t each = 0; each < count; ++each)
    co_await on.nop();
}

using work = task<> (*)(shard&, std::int64_t);

void run(benchmark::State& state, work what, std::int64_t count) {
  boost::asio::io_context context;
  shard_group shards;
  bridge link(context, shards);
  while (state.KeepRunningBatch(count)) {
    std::chrono::steady_clock::duration took{};
    std::exception_ptr failed;
    async_call(
        link, 0,
        [&](shard& on) -> task<> {
          const auto begun = std::chrono::steady_clock::now();
          co_await what(on, count);
          took = std::chrono::steady_clock::now() - begun;
        },
        [&](std::exception_ptr told) { failed = std::move(told); });
    context.restart();
    context.run();
    if (failed) std::rethrow_exception(failed);
    state.SetIterationTime(std::chrono::duration<double>(took).count());
  }
}

} // namespace
} // namespace shardbridge::bench

int main(int argc, char** argv) {
  using namespace shardbridge::bench;
  const auto add = [](const char* name, work what, std::int64_t count = 100 * at_once) {
    benchmark::RegisterBenchmark(name, [=](benchmark::State& state) { run(state, what, count); })->UseManualTime();
  };
  add("spawn", spawn);
  add("spawn_a_million_at_once", spawn_all, 1'000'000);
  add("spawn_and_join", join);
  add("await", await);
  add("yield", yield);
  add("when_all_of_two", both);
  add("channel_hop", hop);
  add("nop", nop);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  return benchmark::RunSpecifiedBenchmarks() != 0 ? 0 : 1;
}
