// What a permit costs: the time to take one and give it back, one by one and in batches as replies give them back, by
// one thread and by many at once. `none` is what the load itself costs.
#include <bridge/admission.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace shardbridge::bench {
namespace {

constexpr std::uint64_t bytes = 4096;
constexpr std::size_t batch = 64;

struct plain_operation final : detail::operation {
  plain_operation() noexcept : operation(detail::op_code::read, nullptr) { bytes = bench::bytes; }
};

struct no_admission {
  explicit no_admission(const bridge_options&) {}
  static bool take(detail::operation& op) {
    benchmark::DoNotOptimize(op.bytes);
    return true;
  }
  static void give(std::uint64_t ops) { benchmark::DoNotOptimize(ops); }
};

struct real_admission {
  explicit real_admission(const bridge_options& options) : permits(options) {}
  bool take(detail::operation& op) { return permits.acquire(op) == detail::admission::acquired::taken; }
  void give(std::uint64_t ops) {
    detail::operation_list granted;
    permits.release(ops, ops * bytes, granted);
  }
  detail::admission permits;
};

/// Threads share one admission, as the producers of one bridge do.
template <class Admission>
void take_and_give(benchmark::State& state, std::size_t at_once) {
  static std::unique_ptr<Admission> shared;
  if (state.thread_index() == 0)
    shared = std::make_unique<Admission>(bridge_options{.max_ops = static_cast<std::size_t>(state.range(0))});
  plain_operation op;
  std::size_t taken = 0;
  for (auto _ : state) {
    taken += shared->take(op) ? 1 : 0;
    if (taken < at_once) continue;
    shared->give(taken);
    taken = 0;
  }
  if (taken > 0) shared->give(taken);
  state.SetItemsProcessed(state.iterations());
}

template <class Admission>
void one_by_one(benchmark::State& state) {
  take_and_give<Admission>(state, 1);
}
template <class Admission>
void in_batches(benchmark::State& state) {
  take_and_give<Admission>(state, batch);
}

// With room for 1024 threads take in advance; with 16 each meets the others at the word.
BENCHMARK(one_by_one<no_admission>)->Name("one_by_one/none")->Arg(1024);
BENCHMARK(one_by_one<real_admission>)->Name("one_by_one")->Arg(16)->Arg(1024)->ThreadRange(1, 64)->UseRealTime();
BENCHMARK(in_batches<real_admission>)->Name("in_batches")->Arg(1024)->Arg(65536)->ThreadRange(1, 64)->UseRealTime();

} // namespace
} // namespace shardbridge::bench

BENCHMARK_MAIN();
