// The driver where io_uring is forbidden: threads do what blocks, epoll tells of what waits for others.
//
// Threads: the shard's. Its workers are threads of their own, see io_workers.
//
// Invariants
//  1. A job staged ends with exactly one completion that is not marked `more`, and one of the sync behind it, a
//     cancel staged with exactly one.
//  2. It is in exactly one place, which pool_job::where tells.
//  3. Before enter() sleeps, nothing that workers have done is uncollected, and its own wake word is armed: whoever
//     does something behind that writes to the eventfd, once a sleep.
//  4. What waits for a descriptor is tried before it waits, and each time the descriptor tells; epoll is asked anew
//     whenever a job begins or goes on to wait.
//  5. One operation of a kind at a time is tried on a descriptor: those behind it wait for their turn.
#pragma once

#include <bridge/event_fd.hpp>
#include <bridge/wake_pair.hpp>
#include <shard_side/driver.hpp>
#include <shard_side/io_workers.hpp>
#include <shard_side/pool_job.hpp>
#include <shard_side/readiness.hpp>
#include <shard_side/receive_memory.hpp>
#include <shard_side/waiter_table.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shardbridge::detail {

class pool_driver final : public driver {
 public:
  struct setup {
    unsigned entries;                  ///< staged at once, and slots
    std::uint16_t receive_buffers = 0; ///< see receive_memory
    std::size_t receive_buffer_bytes = 0;
    io_workers::setup workers;
  };
  /// Throws std::system_error.
  pool_driver(const setup& wanted, const event_fd& wake);

  bool stage(token operation, const submission& what) override;
  bool stage_cancel(token which) override;
  bool stage_message(std::uint32_t, int) override { return false; } // it has no address
  std::size_t unsubmitted() const noexcept override { return staged_.size(); }
  void submit() override;
  void enter(std::int64_t until) override;
  bool ready() noexcept override { return came_.size() > reaped_ || told_.word().observe() != seen_; }
  std::size_t reap(std::span<completion> into) override;
  received_piece& piece(const completion& came, const msghdr* asked) noexcept override;
  void give_back(std::uint16_t buffer) noexcept override;
  buffer_count buffers() const noexcept override { return {memory_.size(), memory_.lent()}; }
  int without_buffers() const noexcept override { return memory_.error(); }
  bool supports(op_code) const noexcept override { return true; }
  bool links_timeouts() const noexcept override { return false; }

 private:
  /// What is staged: a job, or the cancel of one.
  struct entry {
    token which;
    bool found = false; ///< the job was staged, too, and has been cancelled
  };

  void start(pool_job& job);
  void start_waiting(pool_job& job);
  void go_to_worker(pool_job& job);
  void await(pool_job& job);
  void ask(int fd) noexcept;
  [[nodiscard]] bool goes_on(pool_job& job);
  [[nodiscard]] bool accept_all(pool_job& job);
  [[nodiscard]] bool receive_all(pool_job& job);
  void tell(int fd, std::uint32_t events);
  [[nodiscard]] std::int32_t cancel(token which);
  void collect();
  void wait_for_descriptors(std::int64_t until);
  void try_again();
  void follow(pool_job& job, std::int32_t result);
  void end(pool_job& job, std::int32_t result, std::int32_t buffer = -1);

  job_table jobs_;
  const std::size_t entries_;
  std::vector<entry> staged_;
  std::vector<completion> came_;
  std::size_t reaped_ = 0; ///< of them
  receive_memory memory_;
  std::vector<std::uint16_t> free_; ///< buffers of it
  waiter_table waiters_;
  waiter_table::waiters later_; ///< to be tried again though no descriptor tells
  wake_side told_;              ///< by workers
  std::uint32_t seen_ = 0;      ///< of it, when what was done was last collected
  readiness readiness_;
  io_workers workers_;
};

} // namespace shardbridge::detail
