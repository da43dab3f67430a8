#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>

namespace shardbridge {

/** @brief Which task of a group: see join_handle::id(), shard::current_task(), shard::abort(). It can be kept for as
 * long as one likes: no other task is ever given the same one.
 *  @par Thread-safety a value, for any thread */
class task_id {
 public:
  /// Of no task.
  constexpr task_id() noexcept = default;
  /// For the library. `generation`: from 1, of all tasks that the shard has begun.
  constexpr task_id(std::uint32_t shard, std::uint32_t slot, std::uint64_t generation) noexcept
      : generation_(generation), shard_(shard), slot_(slot) {}

  /// Whether it is of a task, be it one that has ended.
  constexpr explicit operator bool() const noexcept { return generation_ != 0; }
  /// The number of the shard that the task belongs to.
  [[nodiscard]] constexpr std::size_t shard() const noexcept { return shard_; }
  /// Its place among those of the shard, which another may have when it has ended.
  [[nodiscard]] constexpr std::size_t slot() const noexcept { return slot_; }
  /// Of those that the shard has begun the how manieth.
  [[nodiscard]] constexpr std::uint64_t generation() const noexcept { return generation_; }

  /// Tasks of one shard are ordered by when they were begun.
  friend constexpr auto operator<=>(const task_id& a, const task_id& b) noexcept {
    if (const auto order = a.shard_ <=> b.shard_; order != 0) return order;
    if (const auto order = a.generation_ <=> b.generation_; order != 0) return order;
    return a.slot_ <=> b.slot_;
  }
  friend constexpr bool operator==(const task_id&, const task_id&) noexcept = default;
  /// As `0/17#4711`: shard, slot, generation; `none` for that of no task.
  friend std::ostream& operator<<(std::ostream& out, const task_id& id) {
    if (!id) return out << "none";
    return out << id.shard_ << '/' << id.slot_ << '#' << id.generation_;
  }

 private:
  std::uint64_t generation_ = 0;
  std::uint32_t shard_ = 0;
  std::uint32_t slot_ = 0;
};

} // namespace shardbridge

/// By generation and shard.
template <>
struct std::hash<shardbridge::task_id> {
  std::size_t operator()(const shardbridge::task_id& id) const noexcept {
    return static_cast<std::size_t>(id.generation() << 8) ^ id.shard();
  }
};
