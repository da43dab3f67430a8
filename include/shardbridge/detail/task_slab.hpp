// Where the tasks of a shard are found by their ids. Nothing of them lies here: each has a slot, which says where it is
// and which generation it is of.
//
// Threads: the shard's own.
//
// Invariants
//  1. A generation is given once: who comes with an id of a task that has ended finds nothing, whoever has its slot by
//     then. At a thousand million tasks a second they last for 500 years.
//  2. Slots that are free are chained, the one that was freed last goes first.
#pragma once

#include <shardbridge/task_id.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace shardbridge::detail {

template <class Task>
class task_slab {
 public:
  /// `shard`: whose tasks they are; `most`: of them at once.
  explicit task_slab(std::size_t shard, std::uint32_t most = none) noexcept
      : shard_(static_cast<std::uint32_t>(shard)), most_(most) {}
  task_slab(const task_slab&) = delete;
  task_slab& operator=(const task_slab&) = delete;

  /// For one more. Throws std::bad_alloc.
  void make_room() {
    if (free_ == none) add_chunk();
  }
  /// There must be room.
  task_id insert(Task& which) noexcept {
    assert(free_ != none);
    const std::uint32_t index = free_;
    slot& at = slot_of(index);
    free_ = static_cast<std::uint32_t>(at.tag);
    at = {&which, ++begun_};
    return {shard_, index, begun_};
  }
  /// Its task has not been erased.
  void erase(const task_id& which) noexcept {
    const auto index = static_cast<std::uint32_t>(which.slot());
    slot_of(index) = {nullptr, free_};
    free_ = index;
  }
  /// nullptr: it has ended, or is of another shard, or of none.
  [[nodiscard]] Task* find(const task_id& which) const noexcept {
    if (which.shard() != shard_ || which.slot() >= chunks_.size() * chunk_size) return nullptr;
    const slot& at = slot_of(static_cast<std::uint32_t>(which.slot()));
    return at.tag == which.generation() ? at.task : nullptr;
  }
  /// Since the beginning.
  [[nodiscard]] std::uint64_t begun() const noexcept { return begun_; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::uint32_t chunk_size = 1024;

  struct slot {
    Task* task;        ///< nullptr: it is free
    std::uint64_t tag; ///< of a task its generation, of a free one which is free next
  };

  [[nodiscard]] slot& slot_of(std::uint32_t index) const noexcept {
    return chunks_[index / chunk_size][index % chunk_size];
  }
  void add_chunk() {
    const std::size_t from = chunks_.size() * chunk_size;
    if (from >= most_) throw std::bad_alloc();
    const std::size_t count = most_ - from < chunk_size ? most_ - from : chunk_size;
    auto chunk = std::make_unique_for_overwrite<slot[]>(chunk_size);
    for (std::size_t each = 0; each < chunk_size; ++each)
      chunk[each] = {nullptr, each + 1 < count ? from + each + 1 : none};
    chunks_.push_back(std::move(chunk));
    free_ = static_cast<std::uint32_t>(from);
  }

  const std::uint32_t shard_;
  const std::uint32_t most_;
  std::uint32_t free_ = none;
  std::uint64_t begun_ = 0;
  std::vector<std::unique_ptr<slot[]>> chunks_;
};

} // namespace shardbridge::detail
