#include <shard_side/pool_driver.hpp>

#include <shard_side/attempts.hpp>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace shardbridge::detail {
namespace {

/// Before what no descriptor tells of is tried again.
constexpr std::int64_t later_ns = 5'000'000;

} // namespace

pool_driver::pool_driver(const setup& wanted, const event_fd& wake)
    : jobs_(wanted.entries), entries_(wanted.entries), memory_(wanted.receive_buffers, wanted.receive_buffer_bytes),
      readiness_(wake, told_.event()), workers_(wanted.workers, told_) {
  staged_.reserve(entries_);
  came_.reserve(3 * entries_ + wanted.receive_buffers);
  if (memory_.error() != 0) return;
  free_.reserve(memory_.size());
  for (std::uint16_t buffer = memory_.size(); buffer-- > 0;)
    free_.push_back(buffer);
}

bool pool_driver::stage(token operation, const submission& what) {
  if (staged_.size() == entries_) return false;
  jobs_.begin(operation, what);
  staged_.push_back({operation});
  return true;
}

bool pool_driver::stage_cancel(token which) {
  if (staged_.size() == entries_) return false;
  pool_job* const job = jobs_.find(which);
  const bool found = job != nullptr && job->where == pool_job::place::staged;
  if (found) job->cancelled = true;
  staged_.push_back({which.as(cqe_kind::cancel), found});
  return true;
}

void pool_driver::submit() {
  for (const entry& each : staged_) {
    if (each.which.kind() == cqe_kind::operation)
      start(*jobs_.find(each.which));
    else
      came_.push_back({each.which, each.found ? 0 : cancel(each.which)});
  }
  staged_.clear();
  workers_.flush();
}

void pool_driver::start(pool_job& job) {
  submission& what = job.what;
  if (job.cancelled) return end(job, -ECANCELED);
  if (what.code == op_code::nop) return end(job, 0);
  if (waits_for_descriptor(what)) return start_waiting(job);
  if (what.code == op_code::close && waiters_.registered(what.fd)) {
    readiness_.forget(what.fd);
    waiters_.set_registered(what.fd, false);
  }
  if (what.code == op_code::read && what.cached != nullptr && what.cached->worth_a_look()) {
    const std::int32_t moved = attempt_cached(what);
    if (moved != -EAGAIN) {
      what.cached->hit();
      return end(job, moved);
    }
    what.cached->missed();
  }
  go_to_worker(job);
}

void pool_driver::go_to_worker(pool_job& job) {
  job.where = pool_job::place::worker;
  workers_.add(job);
}

void pool_driver::start_waiting(pool_job& job) {
  submission& what = job.what;
  if (what.code == op_code::read || what.code == op_code::write) what.offset = UINT64_MAX; // it has none
  job.awaits = awaited_events(what);
  make_non_blocking(job);
  const bool others = (waiters_.awaited(what.fd) & job.awaits) != 0;
  if (others || goes_on(job)) await(job);
}

/// In the order of their coming behind those who wait already.
void pool_driver::await(pool_job& job) {
  if (job.where == pool_job::place::waiting) return;
  job.where = pool_job::place::waiting;
  try {
    waiters_.add(job);
  } catch (const std::bad_alloc&) {
    job.where = pool_job::place::staged;
    return end(job, -ENOMEM);
  }
  ask(job.what.fd);
}

/// On behalf of all who wait for it.
void pool_driver::ask(int fd) noexcept {
  const int failed = readiness_.ask(fd, waiters_.awaited(fd), waiters_.registered(fd));
  waiters_.set_registered(fd, failed == 0);
  if (failed == 0) return;
  pool_job* next = nullptr;
  for (pool_job* job = waiters_.first(fd); job != nullptr; job = next) {
    next = job->next;
    const bool transfers = job->what.code == op_code::read || job->what.code == op_code::write;
    if (failed != EPERM) {
      end(*job, -failed);
    } else if (transfers) {
      // Always ready, it says, and yet it has to wait: on a thread.
      waiters_.remove(*job);
      go_to_worker(*job);
    }
  }
}

/// Tries it. True: it has to wait.
bool pool_driver::goes_on(pool_job& job) {
  if (job.what.code == op_code::accept) return accept_all(job);
  if (operation::receives_into_provided(job.what.code)) return receive_all(job);
  const std::int32_t result = attempt(job);
  if (result == -EAGAIN) return true;
  if (result == try_later) {
    if (job.where == pool_job::place::waiting) waiters_.remove(job);
    job.where = pool_job::place::later;
    later_.push_back(job);
  } else {
    end(job, result);
  }
  return false;
}

std::int32_t pool_driver::cancel(token which) {
  pool_job* job = jobs_.find(which);
  if (job != nullptr && job->where == pool_job::place::worker) {
    collect();
    job = jobs_.find(which);
  }
  if (job == nullptr) return -ENOENT;
  if (job->where == pool_job::place::worker && !workers_.withdraw(*job)) return -EALREADY;
  end(*job, result_if_cancelled(*job));
  return 0;
}

void pool_driver::end(pool_job& job, std::int32_t result, std::int32_t buffer) {
  if (job.where == pool_job::place::waiting) waiters_.remove(job);
  if (job.where == pool_job::place::later) later_.erase(job);
  end_attempts(job);
  job.where = pool_job::place::nowhere;
  came_.push_back({.which = job.which, .result = result, .buffer = buffer});
  if (job.what.then != op_code::nop) follow(job, result);
}

/// The sync behind a write: the same job goes on with it, if all is written.
void pool_driver::follow(pool_job& job, std::int32_t result) {
  const bool written = result >= 0 && static_cast<std::uint64_t>(result) == job.what.length;
  job.which = job.which.as(cqe_kind::sync);
  job.what = {.code = job.what.then, .fd = job.what.fd};
  if (written)
    go_to_worker(job);
  else
    came_.push_back({job.which, -ECANCELED});
}

void pool_driver::collect() {
  seen_ = told_.word().observe();
  for (pool_job *job = workers_.take_done(), *next = nullptr; job != nullptr; job = next) {
    next = job->next;
    end(*job, job->result);
  }
  workers_.flush();
}

void pool_driver::enter(std::int64_t until) {
  submit();
  collect();
  if (!later_.empty()) try_again();
  if (!later_.empty() && until != no_wait) until = std::min(until, now() + later_ns);
  if (until == no_wait || !came_.empty() || told_.word().try_arm(seen_) != wake_word::armed::asleep)
    return wait_for_descriptors(no_wait);
  const std::uint32_t armed = seen_;
  wait_for_descriptors(until);
  // A worker that is about to write all the same ends the next sleep at once, and is harmless there.
  static_cast<void>(told_.word().disarm(armed));
  collect();
}

void pool_driver::wait_for_descriptors(std::int64_t until) {
  if (until == no_wait && waiters_.size() == 0) return;
  for (const epoll_event& each : readiness_.wait(until))
    tell(each.data.fd, each.events);
  workers_.flush();
}

/// Who waits for what has come is tried, oldest first; for those who wait on, epoll is asked again.
void pool_driver::tell(int fd, std::uint32_t events) {
  std::uint32_t blocked = 0; // of what there is no more
  for (pool_job *job = waiters_.first(fd), *next = nullptr; job != nullptr; job = next) {
    next = job->next;
    const bool meant = (events & (job->awaits | EPOLLERR | EPOLLHUP)) != 0;
    if (!meant || (job->awaits & ~blocked) == 0) continue;
    if (goes_on(*job)) blocked |= job->awaits;
  }
  if (waiters_.first(fd) != nullptr) ask(fd);
}

void pool_driver::try_again() {
  waiter_table::waiters before = std::exchange(later_, {});
  while (pool_job* const job = before.pop_front()) {
    job->where = pool_job::place::staged;
    if (goes_on(*job)) await(*job);
  }
  workers_.flush();
}

std::size_t pool_driver::reap(std::span<completion> into) {
  if (came_.size() == reaped_ && told_.word().observe() != seen_) collect();
  const std::size_t count = std::min(into.size(), came_.size() - reaped_);
  std::copy_n(came_.begin() + static_cast<std::ptrdiff_t>(reaped_), count, into.begin());
  reaped_ += count;
  if (reaped_ == came_.size()) {
    came_.clear();
    reaped_ = 0;
  }
  return count;
}

} // namespace shardbridge::detail
