#include <shard_side/io_workers.hpp>

#include <bridge/blocked_signals.hpp>
#include <shard_side/blocking_call.hpp>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <sched.h>

namespace shardbridge::detail {

io_workers::io_workers(setup wanted, wake_side& told) : wanted_(std::move(wanted)), told_(told), most_(wanted_.most) {
  workers_.reserve(most_);
  idle_.reserve(most_);
}

io_workers::~io_workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    while (queue_.pop_front() != nullptr) {
    }
    for (worker* const each : idle_)
      each->told = true;
  }
  for (const auto& each : workers_)
    each->wake.notify_one();
  for (const auto& each : workers_)
    each->thread.join();
}

void io_workers::flush() noexcept {
  constexpr std::size_t at_once = 16;
  std::array<worker*, at_once> woken{};
  std::size_t more = batch_.size(); // jobs for whom nobody comes yet
  if (more == 0) return;
  std::size_t left = 0;
  do {
    std::size_t count = 0;
    {
      const std::lock_guard lock(mutex_);
      while (pool_job* const job = batch_.pop_front()) {
        job->queued = true;
        queue_.push_back(*job);
      }
      more = queue_.size() - std::min(queue_.size(), coming_);
      while (count < std::min(more, at_once) && !idle_.empty()) {
        woken[count] = idle_.back(); // the near one, or one whose memory is warm
        idle_.pop_back();
        woken[count++]->told = true;
      }
      coming_ += count;
      left = more - count;
    }
    for (std::size_t each = 0; each < count; ++each)
      woken[each]->wake.notify_one();
    if (count < at_once) break;
  } while (left > 0);
  while (left > 0 && workers_.size() < most_ && start_one())
    --left;
  if (workers_.empty()) work_off();
}

/// False: the system gives no more of them, and is not asked again while there are any.
bool io_workers::start_one() noexcept {
  try {
    auto made = std::make_unique<worker>(workers_.empty());
    const blocked_signals blocked;
    {
      const std::lock_guard lock(mutex_);
      ++coming_;
    }
    try {
      made->thread = std::thread([this, self = made.get()] { run(*self); });
    } catch (...) {
      const std::lock_guard lock(mutex_);
      --coming_;
      throw;
    }
    workers_.push_back(std::move(made));
    return true;
  } catch (const std::exception&) {
    if (!workers_.empty()) most_ = workers_.size();
    return false;
  }
}

/// On the shard's own thread: slow, but nothing is lost.
void io_workers::work_off() noexcept {
  for (;;) {
    pool_job* job = nullptr;
    {
      const std::lock_guard lock(mutex_);
      job = queue_.pop_front();
      if (job == nullptr) return;
      job->queued = false;
    }
    finish(*job);
  }
}

bool io_workers::withdraw(pool_job& job) noexcept {
  const std::lock_guard lock(mutex_);
  if (!job.queued) return false;
  queue_.erase(job);
  job.queued = false;
  return true;
}

void io_workers::finish(pool_job& job) noexcept {
  job.result = blocking_call(job.what);
  done_.push(job);
  told_.publish();
}

void io_workers::place_this_thread(bool near) const noexcept {
  ::pthread_setname_np(::pthread_self(), wanted_.name.c_str());
  if (near || wanted_.cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : wanted_.cpus)
    CPU_SET(static_cast<unsigned>(cpu), &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

/// With the lock held.
void io_workers::sleeps(worker& self) {
  const bool behind_near = !self.near && !idle_.empty() && idle_.back()->near;
  idle_.insert(idle_.end() - (behind_near ? 1 : 0), &self);
}

void io_workers::run(worker& self) noexcept {
  place_this_thread(self.near);
  std::unique_lock lock(mutex_);
  --coming_;
  for (;;) {
    while (queue_.empty()) {
      if (stopping_) return;
      self.told = false;
      sleeps(self);
      self.wake.wait(lock, [&self] { return self.told; });
      if (stopping_) return;
      --coming_;
    }
    pool_job& job = *queue_.pop_front();
    job.queued = false;
    lock.unlock();
    finish(job);
    lock.lock();
  }
}

} // namespace shardbridge::detail
