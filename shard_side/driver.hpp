// The seam between the loop's logic and the kernel: submissions in, completions out.
//
// Threads: the shard's own, from construction to destruction.
#pragma once

#include <shardbridge/detail/arrival.hpp>
#include <shardbridge/detail/hit_rate.hpp>
#include <shardbridge/detail/operation.hpp>

#include <bridge/clock.hpp>
#include <shard_side/slot_table.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace shardbridge::detail {

/// One step of an operation, as the kernel needs it. What the pointers name stays until the terminal CQE, but a single
/// iovec only until it is submitted: an operation with a buffer of its own may be answered before it has ended, and
/// goes. The buffer stays.
struct submission {
  op_code code;
  std::uint8_t step = 0; ///< of an open: 0 opens, 1 asks what was opened
  int fd = -1;
  iovec* iovecs = nullptr;
  std::uint32_t iovec_count = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0; ///< of the range that an allocate or advise is about; of all iovecs
  std::int32_t mode = 0;    ///< see operation::mode
  kernel_arguments* arguments = nullptr;
  msghdr* message = nullptr;
  op_code then = op_code::nop;          ///< of a write: a sync that begins when all is written; nop: none
  std::int64_t linked_deadline = never; ///< steady clock, nanoseconds; `never`: no linked timeout
  bool regular = false;                 ///< see descriptor::regular: it does not wait for what others do
  hit_rate* cached = nullptr;           ///< of a regular file, unless it is direct: how often the page cache has it
};

struct completion {
  token which;
  std::int32_t result;
  bool more = false;         ///< it is not the operation's last
  bool notification = false; ///< of a zero-copy send, whose result came before
  std::int32_t buffer = -1;  ///< that the kernel has picked; -1: none
};

/// Bytes and iovecs that one submission can move (Linux: MAX_RW_COUNT, UIO_MAXIOV).
inline constexpr std::uint64_t max_bytes_at_once = 0x7ffff000;
inline constexpr std::uint32_t max_iovecs_at_once = 1024;
/// Of the range that one submission can give advice about: before Linux 6.11 its length has 32 bits.
inline constexpr std::uint64_t max_advised_at_once = 0xfffff000;

class driver {
 public:
  static constexpr std::int64_t no_wait = INT64_MIN;

  virtual ~driver() = default;

  /// Of the steady clock, nanoseconds. What the loop goes by, so that a test's kernel has a time of its own.
  [[nodiscard]] virtual std::int64_t now() noexcept { return steady_now(); }

  /// Stages the operation and what is linked behind it, a timeout or a sync: both or neither. False: no room before the
  /// next enter().
  [[nodiscard]] virtual bool stage(token operation, const submission& what) = 0;
  /// Stages the cancel of what `which` names, an operation or the sync behind it. False: no room before the next
  /// enter().
  [[nodiscard]] virtual bool stage_cancel(token which) = 0;

  /// Stages a message that wakes the shard `which`, whose ring has this descriptor. If it fails there is a completion
  /// of the kind `message` with that index after the submit, otherwise none. False: no room before the next enter().
  [[nodiscard]] virtual bool stage_message(std::uint32_t which, int ring) = 0;

  /// SQEs staged and not submitted.
  [[nodiscard]] virtual std::size_t unsubmitted() const noexcept = 0;

  /// Submits what is staged. Throws std::system_error if the kernel will not go on.
  virtual void submit() = 0;

  /// Submits what is staged, then waits for a completion, a wake, or `until` (steady clock, nanoseconds; `never`: no
  /// limit; no_wait: not at all). Does not wait while anything is left unsubmitted. Throws std::system_error if the
  /// kernel will not go on.
  virtual void enter(std::int64_t until) = 0;

  /// Whether enter() or reap() would find completions, as far as can be told without a system call.
  [[nodiscard]] virtual bool ready() noexcept = 0;

  /// Completions that have come, oldest first.
  [[nodiscard]] virtual std::size_t reap(std::span<completion> into) = 0;

  /// Completions that found no room, as the kernel counts them: a CQ sized for the worst case has none.
  [[nodiscard]] virtual std::uint64_t overflowed() const noexcept { return 0; }

  /// What `came` for an operation that receives into memory that the kernel picks: with `asked` if it is one for
  /// datagrams. It stays until the buffer is given back.
  [[nodiscard]] virtual received_piece& piece(const completion& came, const msghdr* asked) noexcept = 0;
  /// The kernel may pick it again.
  virtual void give_back(std::uint16_t buffer) noexcept = 0;
  struct buffer_count {
    std::size_t all, lent; ///< lent: taken by the kernel, and not given back
  };
  [[nodiscard]] virtual buffer_count buffers() const noexcept = 0;
  /// Why there is no such memory: an errno.
  [[nodiscard]] virtual int without_buffers() const noexcept = 0;

  /// Submissions of registered memory.
  [[nodiscard]] virtual std::uint64_t registered() const noexcept { return 0; }

  /// Whether it watches submission::linked_deadline; else that is always `never`.
  [[nodiscard]] virtual bool links_timeouts() const noexcept { return true; }
  /// By which the drivers of other shards send it messages; -1: they cannot.
  [[nodiscard]] virtual int address() const noexcept { return -1; }
  /// On the shard's thread, before that ends if another is to destroy the driver.
  virtual void leave_thread() noexcept {}

  /// Whether there is a way to do it without blocking the shard.
  [[nodiscard]] virtual bool supports(op_code code) const noexcept = 0;
};

} // namespace shardbridge::detail
