// The threads of one shard that do for it what may block.
//
// Threads: add(), flush(), withdraw() and take_done() on the shard's; the workers' own are inside.
//
// Invariants
//  1. A job is in exactly one place: the batch that flush() hands over, the queue, with a worker, or done.
//  2. After flush(), of the jobs queued as many as there can be have a worker that is on its way to the queue: it was
//     woken or started for them, or it works and looks at the queue before it sleeps. So no job is queued while all
//     workers sleep.
//  3. No lock is held over a system call, and none is taken by a worker to hand back what it has done.
//  4. Where workers have CPUs of their own, the first is near: it stays on the shard's. It is woken before all others,
//     and so does all the work while there is one job at a time. A shard that looks again keeps its core awake, where a
//     job then begins and ends within microseconds, while a core that sleeps takes 20 us to wake, and the other side of
//     the bridge needs one to look on.
#pragma once

#include <shardbridge/detail/intrusive_list.hpp>

#include <bridge/wake_pair.hpp>
#include <shard_side/done_stack.hpp>
#include <shard_side/pool_job.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace shardbridge::detail {

class io_workers {
 public:
  struct setup {
    unsigned most;         ///< threads; they are started when there is work for them and stay
    std::string name;      ///< of the threads, at most 15 bytes
    std::vector<int> cpus; ///< on which all but the first run; empty: where the shard does, as the first
  };
  /// `told` is published after each job.
  io_workers(setup wanted, wake_side& told);
  /// Waits for what is with a worker; what is queued is dropped.
  ~io_workers();
  io_workers(const io_workers&) = delete;
  io_workers& operator=(const io_workers&) = delete;

  /// Nobody begins it before flush().
  void add(pool_job& job) noexcept { batch_.push_back(job); }
  /// Hands over what was added. Where no thread can be started and none runs, it is done inside the call.
  void flush() noexcept;
  /// True: no worker has begun it, and none will.
  [[nodiscard]] bool withdraw(pool_job& job) noexcept;
  /// Oldest first, linked by `next`.
  [[nodiscard]] pool_job* take_done() noexcept { return done_.take_all(); }

 private:
  struct worker {
    explicit worker(bool is_near) noexcept : near(is_near) {}

    const bool near;
    std::condition_variable wake;
    bool told = false; ///< to look at the queue; guarded by the mutex
    std::thread thread;
  };

  void run(worker& self) noexcept;
  void place_this_thread(bool near) const noexcept;
  void sleeps(worker& self);
  bool start_one() noexcept;
  void work_off() noexcept;
  void finish(pool_job& job) noexcept;

  const setup wanted_;
  wake_side& told_;
  done_stack done_;
  intrusive_list<pool_job> batch_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::size_t most_;

  std::mutex mutex_; // guards what follows
  intrusive_list<pool_job> queue_;
  std::vector<worker*> idle_; ///< the one that has slept longest first, but the near one last
  std::size_t coming_ = 0;    ///< woken or started, and not yet at the queue
  bool stopping_ = false;
};

} // namespace shardbridge::detail
