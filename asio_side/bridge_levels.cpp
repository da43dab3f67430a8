// What a bridge tells of its level of pressure: to those who wait for it, to its observer, and to its shards.
#include <shardbridge/detail/bridge_core.hpp>

#include <asio_side/bridge_parts.hpp>

#include <mutex>
#include <optional>
#include <utility>

namespace shardbridge::detail {

void bridge_core::tell_news() noexcept {
  operation_list calmed;
  const bool on_duty = parts_->permits.take_news(calmed);
  deliver_all(calmed, {}, operation::delivery::post);
  if (on_duty) post_changes();
  tell_shards();
  if (parts_->permits.take_seemed_more() || parts_->permits.outstanding() == 0) wake_delivery();
}

/// Whoever changed the level comes here after that, so the last to come tells the level that stays.
void bridge_core::tell_shards() noexcept {
  const std::lock_guard lock(parts_->levels);
  const pressure_level level = parts_->permits.level();
  if (std::exchange(parts_->told_level, level) == level) return;
  for (const auto& each : parts_->connections)
    if (each->level.set(level)) static_cast<void>(each->wakes.consumer_wake->publish());
}

pressure_level bridge_core::level() const noexcept {
  return parts_->permits.level();
}

void bridge_core::observe_changes(bool wanted) {
  parts_->permits.observe_changes(wanted);
}

std::optional<pressure_level> bridge_core::fetch_change() {
  return parts_->permits.fetch_change();
}

} // namespace shardbridge::detail
