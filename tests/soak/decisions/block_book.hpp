// Goal: know for every block of a file what it may hold. Method: a success leaves one answer, a write of which nobody
// knows how far it got adds one, and a write that may land later closes its blocks until the file has been closed.
#pragma once

#include "block.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace shardbridge::soak {

/// What is known of a write that has ended.
enum class fate {
  done,     ///< all of it is there
  not_done, ///< none of it is
  unknown,  ///< some of it may be
  late,     ///< some of it may be, now or later
};

class block_book {
 public:
  /// Every block holds its own generation 0.
  block_book(std::uint32_t file, std::uint32_t blocks);

  [[nodiscard]] std::span<const stamp> candidates(std::uint32_t which) const { return blocks_[which].candidates; }
  /// Whether each of them has one candidate, and nothing lands on it later.
  [[nodiscard]] bool settled(std::uint32_t first, std::uint32_t count) const;
  /// Whether any of them may still change by what has been answered.
  [[nodiscard]] bool closed(std::uint32_t first, std::uint32_t count) const;

  /// What the next write of a block must be.
  [[nodiscard]] stamp next(std::uint32_t which) const { return {file_, which, blocks_[which].generation + 1}; }
  /// The write of next() of each of them has ended so.
  void written(std::uint32_t first, std::uint32_t count, fate how);
  /// A copy of settled blocks has ended so; the ranges do not overlap.
  void copied(std::uint32_t from, std::uint32_t to, std::uint32_t count, fate how);
  /// Nothing lands later any more.
  void reopen();

 private:
  struct block {
    std::uint64_t generation = 0; ///< of the last write that was begun
    bool closed = false;
    std::vector<stamp> candidates;
  };
  static void change(block& which, const stamp& to, fate how);

  std::uint32_t file_;
  std::vector<block> blocks_;
};

} // namespace shardbridge::soak
