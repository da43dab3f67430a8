// Which jobs wait for which descriptor to be ready, and for what.
//
// Threads: the shard's.
//
// Invariants
//  1. Of one descriptor they are kept, and tried again, in the order in which they came.
//  2. Nothing is concluded from what was asked of epoll for a number before: the number may be another file's by now.
//     So whenever a job begins to wait, epoll is asked anew.
#pragma once

#include <shardbridge/detail/intrusive_list.hpp>

#include <shard_side/pool_job.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shardbridge::detail {

class waiter_table {
 public:
  using waiters = intrusive_list<pool_job>;

  /// Its descriptor is not negative. Throws std::bad_alloc.
  void add(pool_job& job) {
    const auto fd = static_cast<std::size_t>(job.what.fd);
    if (fd >= by_descriptor_.size()) by_descriptor_.resize(fd + 1);
    by_descriptor_[fd].jobs.push_back(job);
    ++size_;
  }
  void remove(pool_job& job) noexcept {
    by_descriptor_[static_cast<std::size_t>(job.what.fd)].jobs.erase(job);
    --size_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// nullptr: nobody waits for it.
  [[nodiscard]] pool_job* first(int fd) const noexcept {
    return known(fd) ? by_descriptor_[static_cast<std::size_t>(fd)].jobs.front() : nullptr;
  }
  /// For what all of them wait.
  [[nodiscard]] std::uint32_t awaited(int fd) const noexcept {
    std::uint32_t all = 0;
    for (const pool_job* job = first(fd); job != nullptr; job = job->next)
      all |= job->awaits;
    return all;
  }

  /// Whether epoll has it, as far as is known: it forgets what is closed.
  [[nodiscard]] bool registered(int fd) const noexcept {
    return known(fd) && by_descriptor_[static_cast<std::size_t>(fd)].registered;
  }
  /// Somebody waits, or has waited, for it.
  void set_registered(int fd, bool is) noexcept { by_descriptor_[static_cast<std::size_t>(fd)].registered = is; }

 private:
  struct entry {
    waiters jobs;
    bool registered = false;
  };
  [[nodiscard]] bool known(int fd) const noexcept {
    return fd >= 0 && static_cast<std::size_t>(fd) < by_descriptor_.size();
  }

  std::vector<entry> by_descriptor_;
  std::size_t size_ = 0;
};

} // namespace shardbridge::detail
