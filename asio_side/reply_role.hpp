// The role of the one who delivers replies: held by a thread that drains, by a drain that is posted, or by a pending
// wait for the descriptor; by nobody while nothing is outstanding, so that the execution context can run out of work.
//
// Threads: any may try_take(); the holder alone calls give_up_unless().
//
// Invariant: while an operation is accepted, or waits, somebody holds the role. Who takes a permit for one, or queues
// it, looks at the role afterwards; who gives the role up looks at permits and queues afterwards. Both words are
// written and read in the single order of seq_cst, so at least one of two that meet sees the other.
#pragma once

#include <atomic>

namespace shardbridge::detail {

class reply_role {
 public:
  /// True: the caller holds it now. The load spares the write to a line that everybody reads.
  [[nodiscard]] bool try_take() noexcept {
    return !held_.load(std::memory_order_seq_cst) && !held_.exchange(true, std::memory_order_seq_cst);
  }

  /// True: it is given up. False: `outstanding` turned out true and the caller holds it still, or again.
  template <class Outstanding>
  [[nodiscard]] bool give_up_unless(Outstanding outstanding) noexcept {
    if (outstanding()) return false;
    held_.exchange(false, std::memory_order_seq_cst);
    return !outstanding() || !try_take();
  }

 private:
  std::atomic<bool> held_{false};
};

} // namespace shardbridge::detail
