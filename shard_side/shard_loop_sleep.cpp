// How a turn of the loop ends: with a submit, a look again, or sleep; and how long it took.
#include <shard_side/shard_loop.hpp>

#include <bridge/look_again.hpp>

#include <algorithm>
#include <utility>

namespace shardbridge::detail {

void shard_loop::begin_turn() {
  counters_.turns.add();
  now_ = driver_.now();
  call_time_ = 0;
  account_for_turn(now_);
  if (on_turn_) run_hook(on_turn_);
}

/// What it throws is told as where a task fails that nobody joins.
void shard_loop::run_hook(const std::function<void(shard&)>& hook) noexcept {
  const std::int64_t before = driver_.now();
  try {
    hook(self_);
  } catch (...) {
    task_failed(std::current_exception());
  }
  now_ = driver_.now();
  stalls_.call_took(now_ - before);
}

void shard_loop::account_for_turn(std::int64_t now) {
  const auto verdict = stalls_.turn_over(now);
  counters_.longest_turn.set(static_cast<std::uint64_t>(stalls_.longest()));
  if (verdict == stall_watch::verdict::none) return;
  counters_.stalls.add();
  if (verdict == stall_watch::verdict::in_calls) counters_.stalls_in_calls.add();
  if (verdict == stall_watch::verdict::in_tasks) counters_.stalls_in_tasks.add();
  if (verdict == stall_watch::verdict::in_kernel) counters_.stalls_in_kernel.add();
}

/// Without waiting. The time since the last look at the clock is the kernel's: what was submitted early is in it.
void shard_loop::enter_now() {
  {
    const loop_counters::pause pause(counters_);
    driver_.enter(driver::no_wait);
  }
  const std::int64_t before = std::exchange(now_, driver_.now());
  stalls_.kernel_took(now_ - before);
}

bool shard_loop::wait(std::uint32_t seen) {
  wake_word& word = port_.wake().word();
  const std::size_t outstanding = in_flight_.size();
  const std::int64_t until = std::min({deadlines_.earliest(), timers_.next(), in_flight_.due(), give_up_at_});
  const std::int64_t allowance = spin_.allowance(outstanding);
  // Submitted first: what completes at once is not waited for.
  if (allowance > 0 && (driver_.unsubmitted() > 0 || driver_.ready())) {
    enter_now();
    return true;
  }

  if (allowance > 0) {
    const auto came = [&] { return word.observe() != seen || driver_.ready(); };
    const auto waited = [&] {
      const loop_counters::pause pause(counters_);
      return look_again(now_, std::min(now_ + allowance, until), came, [this] { return driver_.now(); });
    }();
    stalls_.slept(waited.value_or(allowance));
    if (waited) {
      counters_.looks_hit.add();
      spin_.hit(*waited, in_flight_.reap(), outstanding);
      return true;
    }
    counters_.looks_missed.add();
    spin_.missed(allowance);
  }
  if (on_idle_) {
    run_hook(on_idle_);
    if (!ready_.empty() || !calls_.empty()) {
      enter_now();
      return true;
    }
  }
  if (word.try_arm(seen) != wake_word::armed::asleep) {
    counters_.rearms.add();
    enter_now();
    return true;
  }
  counters_.sleeps.add();
  if (allowance == 0) spin_.slept();
  sleep(until);
  // A wake that is coming all the same ends the next sleep at once, and is harmless there.
  return word.disarm(seen) == wake_word::disarmed::wake_coming || (until != never && driver_.now() >= until);
}

/// What is submitted with it may be done by the kernel before it sleeps: that time is not told apart.
void shard_loop::sleep(std::int64_t until) {
  const std::int64_t before = driver_.now();
  account_for_turn(before); // nobody knows when the next one begins
  {
    const loop_counters::pause pause(counters_);
    driver_.enter(until);
  }
  stalls_.slept(driver_.now() - before);
}

} // namespace shardbridge::detail
