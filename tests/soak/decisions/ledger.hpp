// Goal: begun = ended = handler called exactly once, of every kind. Method: counters that both ends write, and tickets
// of which every piece of work holds one, so that a handler which is called twice, or never, shows.
//
// Threads: any. The counters are independent, and read when the workers pause.
#pragma once

#include "kinds.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::soak {

/// Of one kind.
struct tally {
  std::uint64_t begun = 0;
  std::uint64_t doubled = 0; ///< handlers called again
  std::array<std::uint64_t, outcome_count> by_outcome{};

  [[nodiscard]] std::uint64_t ended() const;
  [[nodiscard]] std::uint64_t of(outcome which) const { return by_outcome[static_cast<std::size_t>(which)]; }
};
using tallies = std::array<tally, kind_count>;

/// What is wrong with them while nothing is under way, a sentence each.
std::vector<std::string> unbalanced(const tallies& all);

class ledger {
 public:
  void begin(kind what) { cell_of(what).begun.fetch_add(1, std::memory_order_relaxed); }
  void end(kind what, outcome how) {
    cell_of(what).by_outcome[static_cast<std::size_t>(how)].fetch_add(1, std::memory_order_relaxed);
  }
  void doubled(kind what) { cell_of(what).doubled.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] tallies read() const;

 private:
  struct alignas(64) cell {
    std::atomic<std::uint64_t> begun = 0, doubled = 0;
    std::array<std::atomic<std::uint64_t>, outcome_count> by_outcome{};
  };
  cell& cell_of(kind what) { return cells_[static_cast<std::size_t>(what)]; }

  std::array<cell, kind_count> cells_{};
};

/// One piece of work: it is begun when this is made, and ends once. One that is destroyed before counts as `destroyed`.
/// Moving it hands it over; what is left has ended.
class ticket {
 public:
  ticket(ledger& book, kind what) : book_(&book), what_(what), open_(true) { book.begin(what); }
  ticket(ticket&& other) noexcept : book_(other.book_), what_(other.what_), open_(std::exchange(other.open_, false)) {}
  ticket& operator=(ticket&&) = delete;
  ~ticket() {
    if (open_) book_->end(what_, outcome::destroyed);
  }

  [[nodiscard]] kind what() const { return what_; }
  void end(outcome how) {
    if (std::exchange(open_, false))
      book_->end(what_, how);
    else
      book_->doubled(what_);
  }
  /// It never ends: to see that this is found.
  void lose() { open_ = false; }

 private:
  ledger* book_;
  kind what_;
  bool open_;
};

} // namespace shardbridge::soak
