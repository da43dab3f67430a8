// shardbridge-micro-shard_calls: what it costs to call a function on another shard, or the own, one after the other and
// 64 at a time; and beside it two io_contexts of Asio, each run by a thread, that post to one another.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace shardbridge::bench {
namespace {

constexpr std::int64_t count = 20'000;
using clock = std::chrono::steady_clock;

task<> call_often(shard& on, std::size_t other, std::int64_t times) {
  for (std::int64_t each = 0; each < times; ++each)
    benchmark::DoNotOptimize(co_await on.call(other, [](shard& there) { return there.index(); }));
}
task<> call_task_often(shard& on, std::size_t other, std::int64_t times) {
  for (std::int64_t each = 0; each < times; ++each)
    co_await on.call(other, [](shard&) -> task<> { co_return; });
}

using caller = task<> (*)(shard&, std::size_t, std::int64_t);

/// `side_by_side` tasks make all the calls.
task<> call_from(shard& on, caller what, std::size_t other, std::int64_t side_by_side) {
  std::vector<task<>> all;
  for (std::int64_t each = 0; each < side_by_side; ++each)
    all.push_back(what(on, other, count / side_by_side));
  co_await when_all(on, std::move(all));
}

void run(benchmark::State& state, caller what, std::size_t other, std::int64_t side_by_side, shard_wake strategy) {
  boost::asio::io_context context;
  shard_group shards({.shards = 2, .shard_wake = strategy});
  bridge link(context, shards);
  while (state.KeepRunningBatch(count)) {
    clock::duration took{};
    std::exception_ptr failed;
    async_call(
        link, 0,
        [&](shard& on) -> task<> {
          const auto begun = clock::now();
          co_await call_from(on, what, other, side_by_side);
          took = clock::now() - begun;
        },
        [&](std::exception_ptr told) { failed = std::move(told); });
    context.restart();
    context.run();
    if (failed) std::rethrow_exception(failed);
    state.SetIterationTime(std::chrono::duration<double>(took).count());
  }
}

/// An io_context and the thread that runs it.
struct runner {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::jthread thread{[this] { context.run(); }};
  ~runner() { work.reset(); }
};

void post_there_and_back(runner& here, runner& there, std::int64_t left, std::promise<void>& done) {
  if (left == 0) return done.set_value();
  boost::asio::post(there.context, [&here, &there, left, &done] {
    boost::asio::post(here.context, [&here, &there, left, &done] { post_there_and_back(here, there, left - 1, done); });
  });
}

void run_asio(benchmark::State& state, bool between_two, std::int64_t side_by_side) {
  runner here;
  runner there;
  while (state.KeepRunningBatch(count)) {
    std::vector<std::promise<void>> done(static_cast<std::size_t>(side_by_side));
    const auto begun = clock::now();
    for (auto& each : done)
      post_there_and_back(here, between_two ? there : here, count / side_by_side, each);
    for (auto& each : done)
      each.get_future().wait();
    state.SetIterationTime(std::chrono::duration<double>(clock::now() - begun).count());
  }
}

} // namespace
} // namespace shardbridge::bench

int main(int argc, char** argv) {
  using namespace shardbridge;
  using namespace shardbridge::bench;
  const auto add = [](const std::string& name, auto what) {
    benchmark::RegisterBenchmark(name.c_str(), what)->UseManualTime();
  };
  for (const std::int64_t side_by_side : {std::int64_t{1}, std::int64_t{64}}) {
    const std::string at_once = side_by_side == 1 ? "/1" : "/64";
    for (const std::size_t other : {std::size_t{1}, std::size_t{0}}) {
      const std::string where = std::string(other == 0 ? "/own" : "/other").append(at_once);
      add("function" + where,
          [=](benchmark::State& state) { run(state, call_often, other, side_by_side, shard_wake::eventfd); });
      add("task" + where,
          [=](benchmark::State& state) { run(state, call_task_often, other, side_by_side, shard_wake::eventfd); });
      add("asio_post" + where, [=](benchmark::State& state) { run_asio(state, other != 0, side_by_side); });
    }
    add("function/other/message" + at_once,
        [=](benchmark::State& state) { run(state, call_often, 1, side_by_side, shard_wake::message); });
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  return benchmark::RunSpecifiedBenchmarks() != 0 ? 0 : 1;
}
