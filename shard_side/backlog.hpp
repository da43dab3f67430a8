// The operations that wait on a shard for a slot, or the calls that wait for a turn in which there is time for them;
// and whose turn it is.
//
// Threads: the shard's own.
//
// Invariants
//  1. Those of one bridge, priority and kind go in the order in which they came.
//  2. While both priorities wait, seven of the high one go for one of the other.
//  3. Within a priority the shard's own operations and those of bridges go in turn, one of each.
//  4. Among bridges each has its turn: one operation, however many it has. So have its patient ones, which are passed
//     over while none of them may start, and are in nobody's way: they keep their turn.
#pragma once

#include <bridge/connection.hpp>
#include <bridge/priority_turns.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace shardbridge::detail {

class backlog {
 public:
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Before anything of so many bridges is pushed. Throws std::bad_alloc.
  void expect(std::size_t bridges) {
    for (sources& each : rounds_) {
      each.bridges.queues.reserve(2 * bridges);
      each.own.queues.reserve(2);
    }
  }

  /// Its `joined` says where it comes from, and keeps it; without one it is the shard's own.
  void push(operation& op) {
    list(op);
    queue_of(op).waiting.push_back(op);
  }
  /// What pop() gave last could not be started: it goes first again.
  void put_back(operation& op) {
    turns_ = turns_before_;
    list(op);
    queue_of(op).waiting.push_front(op);
    round(op.priority).return_turn(op);
    round_of(op).move_to_front(queue_of(op));
  }

  /// The next one, taken out; nullptr if there is none that may start. `patient`: whether a patient one may.
  [[nodiscard]] operation* pop(bool patient) noexcept {
    const priority first = turns_.next();
    const priority second = first == priority::high ? priority::normal : priority::high;
    for (const priority each : {first, second}) {
      operation* const op = round(each).next(patient);
      if (op == nullptr) continue;
      turns_before_ = turns_;
      turns_.gone(each, !round(each == first ? second : first).empty());
      erase(*op);
      return op;
    }
    return nullptr;
  }

  void erase(operation& op) noexcept {
    backlog_queue& from = queue_of(op);
    from.waiting.erase(op);
    if (from.waiting.empty()) round_of(op).remove(from);
    op.where = operation::place::nowhere;
    --size_;
  }

  /// Takes out all that match.
  template <class Matches>
  void take_if(Matches matches, operation_list& out) {
    for (sources& each : rounds_) {
      take_if(each.bridges, matches, out);
      take_if(each.own, matches, out);
    }
  }

 private:
  /// Queues that are not empty, of one priority, in the order of their turns: who has had his goes to the end.
  struct round_robin {
    std::vector<backlog_queue*> queues;

    [[nodiscard]] operation* next(bool patient) noexcept {
      const auto at = std::find_if(queues.begin(), queues.end(),
                                   [patient](const backlog_queue* each) { return patient || !each->patient; });
      if (at == queues.end()) return nullptr;
      std::rotate(at, at + 1, queues.end());
      return queues.back()->waiting.front();
    }
    void move_to_front(const backlog_queue& first) noexcept {
      const auto at = find(first);
      std::rotate(queues.begin(), at, at + 1);
    }
    void remove(const backlog_queue& empty) noexcept { queues.erase(find(empty)); }

   private:
    std::vector<backlog_queue*>::iterator find(const backlog_queue& which) noexcept {
      return std::find(queues.begin(), queues.end(), &which);
    }
  };

  /// Of one priority.
  struct sources {
    round_robin bridges, own;
    bool own_next = false;

    [[nodiscard]] bool empty() const noexcept { return bridges.queues.empty() && own.queues.empty(); }
    [[nodiscard]] operation* next(bool patient) noexcept {
      operation* op = (own_next ? own : bridges).next(patient);
      if (op == nullptr) op = (own_next ? bridges : own).next(patient);
      if (op != nullptr) own_next = op->joined != nullptr;
      return op;
    }
    void return_turn(const operation& op) noexcept { own_next = op.joined == nullptr; }
  };

  template <class Matches>
  void take_if(const round_robin& from, Matches matches, operation_list& out) {
    for (std::size_t at = 0; at < from.queues.size();) {
      backlog_queue& queue = *from.queues[at];
      for (operation *op = queue.waiting.front(), *next = nullptr; op != nullptr; op = next) {
        next = op->next;
        if (!matches(*op)) continue;
        erase(*op);
        out.push_back(*op);
      }
      if (!queue.waiting.empty()) ++at; // else it has left
    }
  }

  backlog_queue& queue_of(const operation& op) noexcept {
    return (op.joined != nullptr ? op.joined->backlog : own_).of(op);
  }
  sources& round(priority which) noexcept { return rounds_[static_cast<std::size_t>(which)]; }
  round_robin& round_of(const operation& op) noexcept {
    return op.joined != nullptr ? round(op.priority).bridges : round(op.priority).own;
  }

  void list(operation& op) {
    backlog_queue& into = queue_of(op);
    if (into.waiting.empty()) round_of(op).queues.push_back(&into);
    op.where = operation::place::backlog;
    ++size_;
  }

  backlog_queues own_;
  std::array<sources, 2> rounds_;
  priority_turns turns_;
  priority_turns turns_before_; ///< the last pop()
  std::size_t size_ = 0;
};

} // namespace shardbridge::detail
