#pragma once

#include "committer.hpp"
#include "files.hpp"

#include <shardbridge/channel.hpp>
#include <shardbridge/shard.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace kv_server {

/// Gives room back: what is live in the oldest segment is written to the end of the log, in steps, each committed like
/// anything else; then its file is removed.
///
/// It is always the oldest. So a record that says that a key was deleted is not needed any more: all that it undoes was
/// in the same segment, or in one that has been removed before, durably.
///
/// Threads: the shard's.
class compactor {
 public:
  /// All of it outlives it.
  compactor(shardbridge::shard& on, files& with, log_state& log, committer& to, double ratio)
      : self_(on), files_(with), log_(log), committer_(to), ratio_(ratio), bell_(on, 1) {}

  /// There may be something to do.
  void ring() noexcept {
    if (wants_compaction(log_.all, ratio_)) static_cast<void>(bell_.try_send({}));
  }
  /// Until close(), or something fails that makes going on wrong.
  [[nodiscard]] shardbridge::task<> run();
  /// What is on its way is waited for by run(): nothing of it touches the folder later.
  void close() noexcept {
    closing_ = true;
    bell_.close();
  }

  [[nodiscard]] std::uint64_t removed() const noexcept { return removed_; }
  [[nodiscard]] std::uint64_t copied_bytes() const noexcept { return copied_bytes_; }
  /// What failed last; empty: nothing.
  [[nodiscard]] const std::string& cause() const noexcept { return cause_; }

 private:
  /// For so long, or until close().
  [[nodiscard]] shardbridge::task<> pause(std::chrono::milliseconds length);
  /// Whether the oldest segment is gone.
  [[nodiscard]] shardbridge::task<bool> remove_oldest();
  /// Where to go on in the segment; 0: a commit has failed.
  [[nodiscard]] shardbridge::task<std::uint64_t> copy_some(const segment& from, std::uint64_t at);

  shardbridge::shard& self_;
  files& files_;
  log_state& log_;
  committer& committer_;
  const double ratio_;
  shardbridge::channel<std::monostate> bell_;
  bool closing_ = false;
  std::uint64_t removed_ = 0;
  std::uint64_t copied_bytes_ = 0;
  std::string cause_;
};

} // namespace kv_server
