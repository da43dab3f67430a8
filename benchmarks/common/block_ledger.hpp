#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace shardbridge::bench {

/// What is known of every block of a file that is written and verified at once: whether an operation is in flight on
/// it, and which versions a read may find. It lives in memory that another process can map, because engines in
/// processes of their own work on the same file in turn.
///
/// Threads: any; `confirmed` and `latest` belong to whoever holds the block's claim.
///
/// A block never seen may hold any version. After a write that completed it holds that one. After a write that timed
/// out, was cancelled or failed it holds either, until a read tells.
class block_ledger {
 public:
  /// Makes one with everything unknown. Throws run_failure.
  static block_ledger create(std::uint64_t blocks);
  /// Maps the one that another process made, through its descriptor, and takes the descriptor.
  static block_ledger attach(int descriptor, std::uint64_t blocks);

  block_ledger(block_ledger&& other) noexcept;
  block_ledger& operator=(block_ledger&&) = delete;
  ~block_ledger();

  int descriptor() const noexcept { return descriptor_; }

  /// Whether the caller now is the only one to use the block.
  [[nodiscard]] bool try_claim(std::uint64_t block) noexcept {
    // Pairs with release(): what the last holder wrote to the entry is visible to the next.
    return entries_[block].claimed.exchange(1, std::memory_order_acquire) == 0;
  }
  void release(std::uint64_t block) noexcept { entries_[block].claimed.store(0, std::memory_order_release); }

  std::uint32_t next_version(std::uint64_t block) const noexcept { return entries_[block].latest + 1; }
  void written(std::uint64_t block, std::uint32_t version) noexcept;
  void perhaps_written(std::uint64_t block, std::uint32_t version) noexcept;
  /// Whether a read may have found `version`; from now on the block holds it.
  [[nodiscard]] bool accept_read(std::uint64_t block, std::uint32_t version) noexcept;

 private:
  struct entry {
    std::atomic<std::uint32_t> claimed;
    std::uint32_t confirmed;
    std::uint32_t latest; // 0: never seen
  };
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "the table is shared between processes");

  block_ledger(int descriptor, std::size_t bytes);

  int descriptor_;
  std::size_t bytes_;
  entry* entries_;
};

} // namespace shardbridge::bench
