// shardbridge-micro-words: the atomics of which every hand-over changes one or two, by one thread and, where several
// may, by many at once. Beside the wake word an atomic flag, which is what it takes to know that somebody sleeps, but
// not for how many a wake is owed; and a flag behind a mutex. Beside the admission word two plain counters, which do
// not keep to a limit together. No eventfd is written: what that costs is shardbridge-bench wake.
#include <bridge/admission_word.hpp>
#include <bridge/level_word.hpp>
#include <bridge/wake_word.hpp>

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

namespace shardbridge::bench {
namespace {

constexpr std::uint64_t bytes = 4096;

/// Each as the sleeper and those who wake it use it. publish() tells whether a wake is owed.
class real_wake {
 public:
  bool publish() noexcept { return word_.publish() == detail::wake_word::published::wake_owed; }
  bool arm() noexcept { return word_.try_arm(word_.observe()) == detail::wake_word::armed::asleep; }
  bool disarm() noexcept { return word_.disarm(word_.observe()) == detail::wake_word::disarmed::unclaimed; }

 private:
  detail::wake_word word_;
};

class flag_wake {
 public:
  bool publish() noexcept { return asleep_.exchange(false, std::memory_order_acq_rel); }
  bool arm() noexcept { return !asleep_.exchange(true, std::memory_order_acq_rel); }
  bool disarm() noexcept { return publish(); }

 private:
  std::atomic<bool> asleep_{false};
};

class locked_wake {
 public:
  bool publish() noexcept { return set(false); }
  bool arm() noexcept { return !set(true); }
  bool disarm() noexcept { return set(false); }

 private:
  bool set(bool asleep) noexcept {
    const std::lock_guard lock(mutex_);
    return std::exchange(asleep_, asleep);
  }

  std::mutex mutex_;
  bool asleep_ = false;
};

/// To one who is awake.
template <class Wake>
void publish_awake(benchmark::State& state) {
  static Wake shared;
  bool owed = false;
  for (auto _ : state)
    owed |= shared.publish();
  if (owed) state.SkipWithError("nobody sleeps");
}
/// To one who sleeps, which he did just before.
template <class Wake>
void publish_asleep(benchmark::State& state) {
  Wake wake;
  bool owed = true;
  for (auto _ : state) {
    owed &= wake.arm();
    owed &= wake.publish();
  }
  if (!owed) state.SkipWithError("somebody sleeps");
}
/// He sleeps and wakes for another reason.
template <class Wake>
void arm_and_disarm(benchmark::State& state) {
  Wake wake;
  bool unclaimed = true;
  for (auto _ : state) {
    unclaimed &= wake.arm();
    unclaimed &= wake.disarm();
  }
  if (!unclaimed) state.SkipWithError("nobody published");
}

class real_permits {
 public:
  bool take() noexcept { return word_.try_take(bytes) == detail::admission_word::taken::taken; }
  void give() noexcept { benchmark::DoNotOptimize(word_.give(1, bytes)); }

 private:
  detail::admission_word word_{1024, 1024 * bytes};
};

class two_counters {
 public:
  bool take() noexcept {
    const bool room = ops_.fetch_add(1, std::memory_order_acq_rel) < 1024;
    return bytes_.fetch_add(bytes, std::memory_order_acq_rel) < 1024 * bytes && room;
  }
  void give() noexcept {
    bytes_.fetch_sub(bytes, std::memory_order_acq_rel);
    ops_.fetch_sub(1, std::memory_order_acq_rel);
  }

 private:
  std::atomic<std::uint64_t> ops_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

template <class Permits>
void take_and_give(benchmark::State& state) {
  static Permits shared;
  bool room = true;
  for (auto _ : state) {
    room &= shared.take();
    shared.give();
  }
  if (!room) state.SkipWithError("there is room for all threads");
}

void level_set(benchmark::State& state) {
  static detail::level_word shared;
  bool wanted = false;
  for (auto _ : state)
    wanted |= shared.set(pressure_level::throttled);
  if (wanted) state.SkipWithError("nobody watches");
}
void level_watched(benchmark::State& state) {
  detail::level_word word;
  bool wanted = true;
  for (auto _ : state) {
    benchmark::DoNotOptimize(word.watch());
    wanted &= word.set(pressure_level::throttled);
  }
  if (!wanted) state.SkipWithError("somebody watches");
}
void level_get(benchmark::State& state) {
  static detail::level_word shared;
  for (auto _ : state)
    benchmark::DoNotOptimize(shared.get());
}

constexpr int most_threads = 8;

BENCHMARK(publish_awake<real_wake>)->Name("publish_awake/wake_word")->ThreadRange(1, most_threads)->UseRealTime();
BENCHMARK(publish_awake<flag_wake>)->Name("publish_awake/flag")->ThreadRange(1, most_threads)->UseRealTime();
BENCHMARK(publish_awake<locked_wake>)->Name("publish_awake/mutex")->ThreadRange(1, most_threads)->UseRealTime();
BENCHMARK(publish_asleep<real_wake>)->Name("publish_asleep/wake_word");
BENCHMARK(publish_asleep<flag_wake>)->Name("publish_asleep/flag");
BENCHMARK(publish_asleep<locked_wake>)->Name("publish_asleep/mutex");
BENCHMARK(arm_and_disarm<real_wake>)->Name("arm_and_disarm/wake_word");
BENCHMARK(arm_and_disarm<flag_wake>)->Name("arm_and_disarm/flag");
BENCHMARK(arm_and_disarm<locked_wake>)->Name("arm_and_disarm/mutex");
BENCHMARK(take_and_give<real_permits>)->Name("permit/admission_word")->ThreadRange(1, most_threads)->UseRealTime();
BENCHMARK(take_and_give<two_counters>)->Name("permit/two_counters")->ThreadRange(1, most_threads)->UseRealTime();
BENCHMARK(level_set)->Name("level/set");
BENCHMARK(level_watched)->Name("level/watch_and_set");
BENCHMARK(level_get)->Name("level/get")->ThreadRange(1, most_threads)->UseRealTime();

} // namespace
} // namespace shardbridge::bench

BENCHMARK_MAIN();
