// Two threads that wake one another in turn: the caller wakes the answerer and sleeps until the answer wakes it.
//
// A Sleeper is the place where one thread waits. Only the thread that made it calls its members:
//   wake(peer)  ends the sleep() of the peer that goes on or comes next; not called twice for one sleep
//   sleep()     returns when a peer, or its own thread beforehand, has called wake() for it
#pragma once

#include "../common/cpu_time.hpp"
#include "../common/cpus.hpp"
#include "../common/interrupt.hpp"
#include "wake_round.hpp"

#include <atomic>
#include <barrier>
#include <exception>
#include <memory>
#include <optional>
#include <thread>

namespace shardbridge::bench {

template <class T>
concept sleeper = requires(T& mine, T& peer) {
  mine.wake(peer);
  mine.sleep();
};

/// One round: set-up and warm-up are not measured, and nothing is left when play() returns.
template <sleeper Sleeper>
class ping_pong {
 public:
  explicit ping_pong(const round_setting& setting) : setting_(setting) {}

  /// Both sleepers are made from `arguments`. Throws what making or using them threw.
  template <class... Arguments>
  wake_round play(const Arguments&... arguments) {
    {
      std::array<std::jthread, 2> threads;
      const signals_blocked guard;
      for (std::size_t me = 0; me != 2; ++me) {
        attempt(me, [&] { threads[me] = std::jthread([&, me] { take_part(me, arguments...); }); });
        if (!threads[me].joinable()) both_.arrive_and_drop(); // or the other one would wait for it in vain
      }
    }
    for (const auto& failure : failures_)
      if (failure) std::rethrow_exception(failure);
    return result_;
  }

 private:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t caller = 0;
  static constexpr std::size_t answerer = 1;

  template <class... Arguments>
  void take_part(std::size_t me, const Arguments&... arguments) {
    std::optional<on_cpus> pinned;
    attempt(me, [&] {
      pinned.emplace(std::vector{setting_.cpus[me]});
      ends_[me] = std::make_unique<Sleeper>(arguments...);
      // What does not work here shows now, before the other thread could wait for it in vain.
      ends_[me]->wake(*ends_[me]);
      ends_[me]->sleep();
    });
    both_.arrive_and_wait();
    if (!over_.load()) {
      Sleeper& mine = *ends_[me];
      Sleeper& peer = *ends_[1 - me];
      attempt(me, [&] { me == caller ? call(mine, peer) : answer(mine, peer); });
      // However this part ended, the peer must not sleep for ever.
      attempt(me, [&] { mine.wake(peer); });
    }
    // The peer may still be inside its wake().
    both_.arrive_and_wait();
    ends_[me].reset();
  }

  template <class Part>
  void attempt(std::size_t me, Part part) {
    try {
      part();
    } catch (...) {
      if (!failures_[me]) failures_[me] = std::current_exception();
      over_.store(true);
    }
  }

  void call(Sleeper& mine, Sleeper& peer) {
    repeat(setting_.seconds / 10, [&](clock::time_point) { // to warm up
      mine.wake(peer);
      mine.sleep();
    });
    const double cpu_before = process_cpu_seconds();
    repeat(setting_.seconds, [&](clock::time_point begin) {
      mine.wake(peer);
      mine.sleep();
      result_.trips.record(clock::now() - begin);
    });
    result_.cpu_seconds = process_cpu_seconds() - cpu_before;
    repeat(setting_.seconds / 5, [&](clock::time_point answered) {
      // On one core the peer needs this thread out of its way before it can sleep.
      while (clock::now() < answered + call_pause)
        std::this_thread::yield();
      const auto begin = clock::now();
      mine.wake(peer);
      result_.calls.record(clock::now() - begin);
      mine.sleep();
    });
    over_.store(true);
  }

  void answer(Sleeper& mine, Sleeper& peer) {
    for (;;) {
      mine.sleep();
      if (over_.load()) return;
      mine.wake(peer);
    }
  }

  /// At least once; `step` gets the time at which it begins.
  template <class Step>
  void repeat(double seconds, Step step) {
    auto now = clock::now();
    const auto end = now + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
    do {
      step(now);
      now = clock::now();
    } while (now < end && !over_.load(std::memory_order_relaxed) && !interrupted());
  }

  const round_setting& setting_;
  std::barrier<> both_{2};
  std::atomic<bool> over_{false};
  std::array<std::unique_ptr<Sleeper>, 2> ends_;
  std::array<std::exception_ptr, 2> failures_;
  wake_round result_;
};

} // namespace shardbridge::bench
