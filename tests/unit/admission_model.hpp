// Goal: what an admission must do, written down naively: lists, sums, and a switch for each mark of the level.
// Method: each call does what its words say and nothing to be quick; no locks, no words.
#pragma once

#include <bridge/admission.hpp>

#include <shardbridge/detail/operation.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

namespace shardbridge::detail {

class admission_model {
 public:
  using named = std::vector<operation*>;
  using acquired = admission::acquired;

  explicit admission_model(const bridge_options& options) : options_(options) {}

  acquired acquire(operation& op) {
    if (op.bytes > options_.max_bytes) return acquired::too_large;
    if (nobody_queued()) highs_in_a_row_ = 0;
    const bool may_wait = options_.when_full == when_full::wait && waiting() < options_.max_waiters;
    if (limited(op) && (patient() >= share() || !aside_.empty())) {
      if (!may_wait) return acquired::no_room;
      aside_.push_back(&op);
      return acquired::waiting;
    }
    if (comes_first(op) && room(op.bytes)) {
      take_turn(op.priority);
      inside.push_back(&op);
      look_at_level();
      return acquired::taken;
    }
    if (!may_wait) return acquired::no_room;
    queue(op.priority).push_back(&op);
    return acquired::waiting;
  }
  acquired try_acquire(std::uint64_t bytes) {
    if (bytes > options_.max_bytes) return acquired::too_large;
    if (!nobody_queued() || !room(bytes)) return acquired::no_room;
    unused.push_back(bytes);
    look_at_level();
    return acquired::taken;
  }
  acquired wait_for_level(operation& op) {
    if (level <= wanted_by(op)) return acquired::taken;
    calm_.push_back(&op);
    return acquired::waiting;
  }

  /// After something was given back, or a waiter taken out: who is granted a permit.
  named look_again() {
    look_at_level();
    if (nobody_queued()) highs_in_a_row_ = 0;
    for (; !aside_.empty() && patient() < share(); aside_.pop_front())
      queue(aside_.front()->priority).push_back(aside_.front());
    named granted;
    while (operation* const op = first()) {
      if (!room(op->bytes)) break;
      queue(op->priority).pop_front();
      take_turn(op->priority);
      inside.push_back(op);
      granted.push_back(op);
      look_at_level();
    }
    return granted;
  }
  template <class Matches>
  named take_out(Matches matches) {
    named out;
    for (std::deque<operation*>* const list : {&normals_, &highs_, &aside_, &calm_}) {
      std::copy_if(list->begin(), list->end(), std::back_inserter(out), matches);
      std::erase_if(*list, matches);
    }
    return out;
  }
  named close() {
    return take_out([](const operation*) { return true; });
  }

  named fetch_calmed() {
    news = false;
    return std::exchange(calmed_, {});
  }
  std::vector<pressure_level> fetch_changes() { return std::exchange(changes, {}); }

  [[nodiscard]] std::uint64_t ops() const { return inside.size() + unused.size(); }
  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const operation* op : inside)
      sum += op->bytes;
    for (const std::uint64_t each : unused)
      sum += each;
    return sum;
  }
  [[nodiscard]] std::size_t waiting_for_a_level() const { return calm_.size(); }
  [[nodiscard]] std::size_t waiting() const { return normals_.size() + highs_.size() + aside_.size(); }
  [[nodiscard]] std::int64_t earliest() const {
    std::int64_t out = never;
    for (const std::deque<operation*>* const list : {&normals_, &highs_, &aside_, &calm_})
      for (const operation* op : *list)
        out = std::min(out, op->deadline);
    return out;
  }

  std::vector<operation*> inside;
  std::vector<std::uint64_t> unused; ///< permits without an operation: the bytes of each
  std::vector<pressure_level> changes;
  std::array<std::uint64_t, 3> entered{};
  pressure_level level = pressure_level::normal;
  bool news = false;

 private:
  static pressure_level wanted_by(const operation& op) { return static_cast<pressure_level>(op.offset); }
  [[nodiscard]] bool room(std::uint64_t wanted) const {
    return ops() < options_.max_ops && bytes() + wanted <= options_.max_bytes;
  }

  [[nodiscard]] bool limited(const operation& op) const { return op.patient && options_.reserved_ops > 0; }
  [[nodiscard]] std::size_t share() const { return options_.max_ops - options_.reserved_ops; }
  /// Those with a permit or queued.
  [[nodiscard]] std::size_t patient() const {
    const auto count = [](const auto& list) {
      return std::count_if(list.begin(), list.end(), [](const operation* op) { return op->patient; });
    };
    return static_cast<std::size_t>(count(inside) + count(normals_) + count(highs_));
  }

  std::deque<operation*>& queue(priority which) { return which == priority::high ? highs_ : normals_; }
  [[nodiscard]] bool nobody_queued() const { return normals_.empty() && highs_.empty(); }
  [[nodiscard]] bool turn_of_normal() const { return highs_in_a_row_ == 7; }
  [[nodiscard]] bool comes_first(const operation& op) const {
    if (nobody_queued()) return true;
    if (op.priority == priority::high) return !turn_of_normal() && highs_.empty();
    return turn_of_normal() && normals_.empty();
  }
  [[nodiscard]] operation* first() const {
    if (nobody_queued()) return nullptr;
    const bool high = normals_.empty() || (!highs_.empty() && !turn_of_normal());
    return high ? highs_.front() : normals_.front();
  }
  /// One of this priority, which is in no queue any more, goes.
  void take_turn(priority which) {
    highs_in_a_row_ = which == priority::high && !normals_.empty() ? highs_in_a_row_ + 1 : 0;
  }

  /// On at `enter` percent of one, off below `leave` percent of both.
  void throw_switch(bool& on, const watermarks::mark& mark) const {
    const auto at_least = [&](unsigned percent) {
      return ops() * 100 >= options_.max_ops * percent || bytes() * 100 >= options_.max_bytes * percent;
    };
    on = at_least(mark.enter) || (on && at_least(mark.leave));
  }
  void look_at_level() {
    throw_switch(throttles_, options_.watermarks.throttled);
    throw_switch(suspends_, options_.watermarks.suspended);
    const pressure_level now = suspends_    ? pressure_level::suspended
                               : throttles_ ? pressure_level::throttled
                                            : pressure_level::normal;
    if (now == level) return;
    level = now;
    news = true;
    changes.push_back(now);
    ++entered[static_cast<std::size_t>(now)];
    const auto has_come = [now](const operation* op) { return now <= wanted_by(*op); };
    std::copy_if(calm_.begin(), calm_.end(), std::back_inserter(calmed_), has_come);
    std::erase_if(calm_, has_come);
  }

  const bridge_options options_;
  std::deque<operation*> normals_, highs_, aside_, calm_;
  named calmed_;
  std::size_t highs_in_a_row_ = 0;
  bool throttles_ = false;
  bool suspends_ = false;
};

} // namespace shardbridge::detail
