// What the syncs of one open file know of one another.
//
// The kernel reports a failed write-back once to each open file, to whichever fsync looks first (Linux 4.13, fsync(2)
// and Documentation/core-api/errseq.rst), and takes the lost pages for clean afterwards. So one that runs at the same
// time, or comes later, is told of success although what it covers is lost.
//
// Threads: any; everything is under one lock, and syncs are slow.
//
// Invariants
//  1. A sync that the kernel calls successful is believed only when every other that ran when it ended has ended too:
//     until then it is held here.
//  2. An error that means lost data is never forgotten: whatever ends later reports the first one.
//  3. A held operation comes out exactly once: released by the end of another, or withdrawn.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace shardbridge::detail {

class operation;

class sync_ledger {
 public:
  /// Names a sync that is running; 0 names none.
  using ticket = std::uint64_t;
  /// Operations that are held no more, their results written. Whoever gets them tells their shards.
  using released = std::vector<operation*>;

  /// Before the kernel is asked.
  [[nodiscard]] ticket begin();

  /// When the kernel has answered, with an errno or 0. True: `successful`, which it called a success, is held; false:
  /// its result is written. Null: nobody asks any more, or it is not called a success.
  [[nodiscard]] bool end(ticket which, int error, operation* successful, released& out);

  /// The same for a caller that waits itself. Returns what it must report.
  [[nodiscard]] int end_and_wait(ticket which, int error, released& out);

  /// Takes a held operation back; false: it has been released.
  [[nodiscard]] bool withdraw(const operation& op);

 private:
  struct waiter {
    operation* op;
    ticket until; ///< waits for all that are older
  };

  void ended(ticket which, int error, released& out);
  [[nodiscard]] bool over(ticket until) const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ticket> running_;
  std::vector<waiter> held_;
  ticket next_ = 1;
  int error_ = 0;
};

} // namespace shardbridge::detail
