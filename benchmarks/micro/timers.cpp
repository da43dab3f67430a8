// shardbridge-micro-timers: what deadlines cost in the heap that a shard keeps those of operations in, and in the wheel
// of its timers, where nearly every operation ends long before its deadline: the time of an erase and an insert, with a
// share of the loop's turn, in which it takes what is due and asks how long it may sleep. `none` is what the load
// itself costs.
#include "../common/random.hpp"

#include <bridge/deadline_heap.hpp>
#include <shard_side/timer_wheel.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::int64_t second = 1000 * millisecond;

constexpr std::int64_t turn_length = 16;               ///< operations that end in a turn of the loop
constexpr std::int64_t mean_life = 10 * millisecond;   ///< of an operation, in simulated time
constexpr std::int64_t first_moment = 86'400 * second; ///< not zero, where all levels of a wheel would begin at once

struct equal_timeouts {
  static std::int64_t draw(random_source&) noexcept { return second; }
};

struct random_timeouts {
  static std::int64_t draw(random_source& random) noexcept {
    return millisecond + static_cast<std::int64_t>(random.below(10 * second - millisecond));
  }
};

struct no_deadlines {
  void insert(detail::operation&) noexcept {}
  void erase(detail::operation&) noexcept {}
  static std::int64_t earliest() noexcept { return detail::never; }
  static detail::operation* pop_due(std::int64_t) noexcept { return nullptr; }
};

struct plain_operation final : detail::operation, detail::timer {
  plain_operation() noexcept : operation(detail::op_code::read, nullptr) {}
  void fire() noexcept override { fired->push_back(this); }

  std::vector<plain_operation*>* fired = nullptr;
};

/// The wheel as if it were the heap.
class wheel {
 public:
  void insert(detail::operation& op) {
    auto& inserted = static_cast<plain_operation&>(op);
    inserted.at = op.deadline;
    inserted.fired = &fired_;
    timers_.set(inserted);
  }
  void erase(detail::operation& op) noexcept { timers_.stop(static_cast<plain_operation&>(op)); }
  [[nodiscard]] std::int64_t earliest() const noexcept { return timers_.next(); }
  detail::operation* pop_due(std::int64_t now) {
    if (fired_.empty() && timers_.next() <= now) timers_.advance(now);
    if (fired_.empty()) return nullptr;
    plain_operation* const out = fired_.back();
    fired_.pop_back();
    return out;
  }

 private:
  detail::timer_wheel timers_{first_moment};
  std::vector<plain_operation*> fired_;
};

/// As many operations as are outstanding at once. One that ends is replaced at once by a new one in its place.
template <class Deadlines, class Timeouts>
class crowd {
 public:
  explicit crowd(std::int64_t size)
      : operations_(static_cast<std::size_t>(size)), turn_time_(mean_life * turn_length / size) {
    for (plain_operation& op : operations_)
      begin(op);
    constexpr std::int64_t lives = 4; // after which nearly all have been replaced
    for (std::int64_t ended = 0; ended < lives * size; ended += turn_length)
      turn();
    expired_ = 0;
  }

  void turn() {
    for (std::int64_t i = 0; i < turn_length; ++i) {
      plain_operation& op = operations_[random_.below(operations_.size())];
      deadlines_.erase(op);
      begin(op);
    }
    now_ += turn_time_;
    while (detail::operation* const late = deadlines_.pop_due(now_)) {
      begin(*late);
      ++expired_;
    }
    benchmark::DoNotOptimize(deadlines_.earliest());
  }

  [[nodiscard]] std::size_t expired() const noexcept { return expired_; }

 private:
  void begin(detail::operation& op) {
    op.deadline = now_ + Timeouts::draw(random_);
    deadlines_.insert(op);
  }

  random_source random_{1};
  Deadlines deadlines_;
  std::vector<plain_operation> operations_;
  std::int64_t now_ = first_moment;
  std::int64_t turn_time_;
  std::size_t expired_ = 0;
};

template <class Deadlines, class Timeouts>
void replace(benchmark::State& state) {
  crowd<Deadlines, Timeouts> operations(state.range(0));
  while (state.KeepRunningBatch(turn_length))
    operations.turn();
  state.counters["expired"] =
      benchmark::Counter(static_cast<double>(operations.expired()), benchmark::Counter::kAvgIterations);
}

template <class Deadlines>
void add(const std::string& name) {
  const auto add_load = [](const std::string& full_name, void (*load)(benchmark::State&)) {
    auto* const added = benchmark::RegisterBenchmark(full_name.c_str(), load);
    for (const std::int64_t outstanding : {16, 128, 1024, 8192, 65'536, 1'048'576})
      added->Arg(outstanding);
  };
  add_load(name + "/equal", replace<Deadlines, equal_timeouts>);
  add_load(name + "/random", replace<Deadlines, random_timeouts>);
}

} // namespace
} // namespace shardbridge::bench

int main(int argc, char** argv) {
  using namespace shardbridge;
  bench::add<bench::no_deadlines>("none");
  bench::add<detail::deadline_heap>("heap");
  bench::add<bench::wheel>("wheel");
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  return benchmark::RunSpecifiedBenchmarks() != 0 ? 0 : 1;
}
