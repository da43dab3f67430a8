#pragma once

#include "../common/histogram.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What became of the operations of a round.
struct account {
  std::uint64_t operations = 0; ///< Completed in full.
  std::uint64_t bytes = 0;
  std::uint64_t errors = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t wrong_blocks = 0;
  latency_histogram latency; ///< Of the completed ones.
  std::vector<std::string> messages;

  /// Keeps the first few sentences about errors and wrong blocks: the next thousand say the same.
  void note(std::string sentence);
  void merge(const account& other);
};

/// An account for each thread, so that clients on several threads share no cache line and clients on one thread share
/// one histogram.
///
/// Threads: local() any; take() when no client runs.
class account_set {
 public:
  account_set();

  account& local() {
    if (cached_.generation != generation_) attach();
    return *cached_.mine;
  }

  /// The sum of all, and a fresh start.
  account take();

 private:
  struct cache {
    std::uint64_t generation = 0;
    account* mine = nullptr;
  };
  static thread_local cache cached_;

  void attach();

  std::uint64_t generation_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<account>> accounts_;
};

} // namespace shardbridge::bench
