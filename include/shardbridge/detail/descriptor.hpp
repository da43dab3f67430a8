// One open file, shared by the file object and by every operation on it, so that its number cannot be given to another
// file while an operation that names it is queued.
//
// Threads: any; learn() and the constants below only before the descriptor is shared.
//
// Invariants
//  1. References and the parked flag are one word: the release() that leaves the parked close as the only user clears
//     the flag in the same step, so either it or unpark() takes the close over, never both and never none.
//  2. A parked close keeps its own reference, so whoever took it over may read the pointer after the step.
//  3. Each shard has at most one order to cancel this file on its way, however often it is cancelled: the shard
//     takes the mark off before it looks at the epoch, so an order that is still marked covers every epoch begun
//     before.
#pragma once

#include <shardbridge/detail/hit_rate.hpp>
#include <shardbridge/detail/sync_ledger.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <sys/stat.h>

namespace shardbridge::detail {

class buffer_memory;
class operation;

class descriptor {
 public:
  /// One reference, the caller's; `fd` is owned from here. -1: being opened. `shards`: how many may work on it.
  explicit descriptor(int fd = -1, std::size_t shards = 1)
      : fd_(fd), ordered_(std::make_unique<std::atomic<bool>[]>(shards)) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  void add_reference() noexcept { users_.fetch_add(one_user, std::memory_order_relaxed); }

  [[nodiscard]] bool only_user() const noexcept { return users_.load(std::memory_order_acquire) == one_user; }

  /// The last reference closes the file. Returns the parked close operation if this call left it the only user, and the
  /// caller must then tell that operation's shard.
  [[nodiscard]] operation* release() noexcept;

  [[nodiscard]] int get() const noexcept { return fd_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_open() const noexcept { return get() >= 0; }
  void set(int fd) noexcept { fd_.store(fd, std::memory_order_release); }
  /// Gives up the number without closing it.
  int take() noexcept { return fd_.exchange(-1, std::memory_order_acq_rel); }

  /// Operations of an earlier epoch are cancelled. Any thread.
  [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_.load(std::memory_order_acquire); }
  void next_epoch() noexcept { epoch_.fetch_add(1, std::memory_order_acq_rel); }

  /// True: the caller sends that shard an order to cancel this file. After next_epoch(); acq_rel: pairs with
  /// order_taken(), which sees the epoch behind every mark that it takes off.
  [[nodiscard]] bool mark_ordered(std::size_t shard) noexcept {
    return !ordered_[shard].exchange(true, std::memory_order_acq_rel);
  }
  /// By the shard, before it looks at the epoch.
  void order_taken(std::size_t shard) noexcept { ordered_[shard].exchange(false, std::memory_order_acq_rel); }

  /// A close that must wait until it is the only user. False: it is, and need not wait.
  [[nodiscard]] bool park(operation& close) noexcept;
  /// Takes the parked close back; false: a release() has taken it over.
  [[nodiscard]] bool unpark() noexcept {
    return (users_.fetch_and(~parked_bit, std::memory_order_acq_rel) & parked_bit) != 0;
  }

  sync_ledger syncs;

  /// Learns from the kernel what reads and writes must respect; before the descriptor is shared.
  void learn(const struct ::statx& status, bool direct) noexcept;

  // Constant once the file is open.
  bool regular = false;               ///< short transfers are continued, a read of 0 bytes is the end of the file
  std::uint32_t offset_alignment = 1; ///< of offset and length; 1 unless direct
  std::uint32_t memory_alignment = 1; ///< of addresses
  bool append = false;                ///< writes go to the end, wherever that is
  std::shared_ptr<buffer_memory> bounce_pool; ///< for transfers that are not aligned; null: they fail

  hit_rate cached; ///< of reads that were tried on their initiating thread

  /// Of a stream: where its next transfer begins. It belongs to the transfer that is outstanding, else to the stream.
  std::uint64_t position = 0;

 private:
  ~descriptor();

  static constexpr std::uint32_t parked_bit = 1;
  static constexpr std::uint32_t one_user = 2;

  std::atomic<std::uint32_t> users_{one_user};
  std::atomic<int> fd_;
  std::atomic<std::uint64_t> epoch_{0};
  const std::unique_ptr<std::atomic<bool>[]> ordered_; // by shard
  operation* parked_ = nullptr;
};

} // namespace shardbridge::detail
