#pragma once

#include <liburing.h>

#include <span>
#include <string>

namespace shardbridge::detail {

/// An io_uring made as well as this machine allows.
class ring {
 public:
  /// Room for `entries` SQEs and, so that the CQ never overflows, for three CQEs each (operation, timeout, cancel) and
  /// those of the wake. Throws std::system_error with a sentence where io_uring does not work.
  explicit ring(unsigned entries);
  ~ring();
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;

  [[nodiscard]] io_uring* get() noexcept { return &ring_; }
  [[nodiscard]] const io_uring* get() const noexcept { return &ring_; }
  /// What was tried and what works, in a sentence.
  [[nodiscard]] const std::string& description() const noexcept { return description_; }
  /// Completions are in the CQ, or the kernel says that some wait for the next enter to be moved there.
  [[nodiscard]] bool ready() noexcept;
  /// The completions that have come, oldest first, those included that ready() tells of. They stay in the CQ.
  [[nodiscard]] unsigned peek(std::span<io_uring_cqe*> into) noexcept;
  [[nodiscard]] bool supports(int opcode) const noexcept;
  /// What becomes of one operation, which must end at once; -errno. Nothing else may be staged or under way.
  [[nodiscard]] int answer_to(void (*prepare)(io_uring_sqe*)) noexcept;
  /// How many threads the kernel may start for it, for files and as many for what may wait for ever; 16 if it is not
  /// told. A kernel that knows no limit goes on as before.
  void limit_workers(unsigned count) noexcept;
  /// On the thread that made it, before it ends if another is to destroy the ring: the kernel keeps a table of rings
  /// for each thread, and the ring's entry must not be taken off another's.
  void leave_thread() noexcept;
  /// Has the kernel lock the pieces and know them by their index, once. Returns an errno.
  [[nodiscard]] int register_memory(std::span<const iovec> pieces) noexcept;
  /// By which other rings send it messages; -1: the kernel cannot do that (it takes Linux 5.18).
  [[nodiscard]] int address() const noexcept;

 private:
  void set_up(unsigned entries);
  void complete_one_operation();
  [[nodiscard]] bool told_to_enter() noexcept;

  io_uring ring_{};
  io_uring_probe* probe_ = nullptr;
  std::string description_;
  bool told_for_nothing_ = false;
};

} // namespace shardbridge::detail
