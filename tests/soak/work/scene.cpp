#include "scene.hpp"

#include "../decisions/audit.hpp"

#include <filesystem>
#include <iterator>

namespace shardbridge::soak {

scene::scene(const surroundings& with, backend on, std::uint64_t which)
    : around(with), number(which),
      to{.book = {}, .wrong = with.wrong, .name = on == backend::io_uring ? "io_uring" : "thread_pool"},
      group({.shards = with.shards,
             .ring_entries = 128,
             .pin = false,
             .backend = on,
             .timeout_mode = which % 2 == 0 ? timeout_mode::linked : timeout_mode::timer,
             .shard_wake = which % 2 == 0 ? shard_wake::message : shard_wake::eventfd}),
      wide(with.pool, group, {.max_ops = 48, .reserved_ops = 4}),
      narrow(
          with.pool, group,
          {.max_ops = 6, .max_bytes = 48 << 10, .when_full = when_full::refuse, .placement = placement::least_loaded}),
      levels(with.pool, group,
             {.max_ops = 16, .watermarks = {.throttled = {50, 30}, .suspended = {80, 60}}, .cached_reads = true}),
      note(with.pool, {.capacity = 8}) {
  levels.on_level_change([this](pressure_level now) {
    levels_told.fetch_add(1);
    level_told.store(now);
  });
}

void scene::remove_later(std::string path) {
  const std::lock_guard lock(mutex_);
  leftovers_.push_back(std::move(path));
}

void scene::remove_leftovers() {
  const std::lock_guard lock(mutex_);
  for (const std::string& each : leftovers_) {
    std::error_code failed; // most are not there
    std::filesystem::remove(each, failed);
  }
  leftovers_.clear();
}

std::vector<std::string> scene::audit() const {
  std::vector<std::string> out = unbalanced(to.book.read());
  const auto add = [&](std::vector<std::string> more) {
    out.insert(out.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  };
  add(fault_in("wide", wide.stats()));
  add(fault_in("narrow", narrow.stats()));
  const bridge_stats seen = levels.stats();
  add(fault_in("levels", seen));
  std::uint64_t entered = 0;
  for (const std::uint64_t each : seen.level_entered)
    entered += each;
  if (entered != levels_told.load())
    out.push_back("bridge levels: " + std::to_string(entered) + " changes of level, but " +
                  std::to_string(levels_told.load()) + " were told");
  if (level_told.load() != seen.level) out.emplace_back("bridge levels: the level told last is not the level");
  add(fault_in(note.stats()));
  add(fault_in(group.stats()));
  if (const auto kept = buffers.stats().buffers_in_use; kept != 0)
    out.push_back("buffer pool: " + std::to_string(kept) + " buffers have not come back");
  for (std::string& each : out)
    each.insert(0, to.name + ": ");
  return out;
}

} // namespace shardbridge::soak
