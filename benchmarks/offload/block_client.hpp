#pragma once

#include "../common/block_ledger.hpp"
#include "../common/random.hpp"
#include "account.hpp"
#include "due_times.hpp"
#include "workload.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>

namespace shardbridge::bench {

using bench_clock = std::chrono::steady_clock;

/// What the clients of one engine share.
struct load {
  load(workload w, block_ledger* l) : what(std::move(w)), ledger(l) {}

  workload what;
  block_ledger* ledger; ///< Null unless what.needs_ledger().
  account_set accounts;
  due_times due;                        ///< Of an open loop.
  std::uint64_t rounds = 0;             ///< That have begun.
  std::atomic<std::uint64_t> cursor{0}; ///< The next block of a sequential workload without parts.
  bench_clock::time_point end{};        ///< Of the round; written while no client runs.
};

/// One client of a service: it chooses a block, has it read or written by whatever the engine is, and keeps account.
/// The same for all engines, so that they differ in nothing but the engine.
///
/// Threads: one at a time.
class block_client {
 public:
  block_client(load& shared, unsigned index, std::span<std::byte> buffer);

  /// Chooses the next operation and starts its clock; false when the round is over. In an open loop the clock of an
  /// operation starts when it is due, which may be to come: then the client waits before it begins.
  [[nodiscard]] bool next();

  /// When the operation is due.
  bench_clock::time_point due() const noexcept { return begun_; }
  /// Whether that is to come; never in a closed loop.
  bool early() const noexcept { return shared_.what.open_loop() && begun_ > bench_clock::now(); }
  /// Instead of beginning the operation: it is not counted.
  void withdraw();

  unsigned index() const noexcept { return index_; }
  bool is_write() const noexcept { return write_; }
  std::uint64_t offset() const noexcept { return offset_; }
  std::span<std::byte> buffer() const noexcept { return buffer_; }
  random_source& random() noexcept { return random_; }

  // Exactly one of these ends the operation that next() began.
  void completed(std::size_t bytes);
  void timed_out();
  void cancelled();
  void failed(const std::string& why);

 private:
  void choose();
  std::uint64_t choose_block();
  std::uint64_t next_of_own_part();
  void verify(account& mine);
  void leave_undecided();
  void release();

  load& shared_;
  unsigned index_;
  std::span<std::byte> buffer_;
  random_source random_;
  bool write_ = false;
  std::uint64_t in_part_ = 0; ///< The next block of a part of its own, from the part's begin.
  std::uint64_t offset_ = 0;
  std::uint64_t block_ = 0;
  std::uint32_t version_ = 0;
  bench_clock::time_point begun_{};
  bench_clock::time_point last_{};
};

} // namespace shardbridge::bench
