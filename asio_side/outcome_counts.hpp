#pragma once

#include <shardbridge/detail/operation.hpp>
#include <shardbridge/stats.hpp>

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

/// How operations ended that did not succeed. Any thread; each number is exact, and guards nothing: relaxed.
class outcome_counts {
 public:
  /// It was not accepted.
  void refused(errc why) noexcept {
    if (why == errc::too_large)
      count(too_large_);
    else
      count(why == errc::stopped ? stopped_ : no_room_);
  }
  void expired_waiting() noexcept { count(expired_waiting_); }
  void cancelled_waiting() noexcept { count(cancelled_waiting_); }

  /// It was accepted and has come back.
  void completed(const op_result& result) noexcept {
    if (result.kind == result_kind::success) return;
    if (result.kind == result_kind::aborted) return count(cancelled_);
    if (result.kind == result_kind::system_error) return count(failed_);
    if (result == op_result::of(errc::expired_queued, result.value)) return count(expired_queued_);
    if (result == op_result::of(errc::expired_in_flight, result.value)) return count(expired_in_flight_);
    if (result == op_result::of(errc::outcome_unknown, result.value)) return count(outcome_unknown_);
  }

  void fill_in(bridge_stats& out) const noexcept {
    out.refused_no_room = get(no_room_);
    out.refused_too_large = get(too_large_);
    out.refused_stopped = get(stopped_);
    out.refused = out.refused_no_room + out.refused_too_large + out.refused_stopped;
    out.expired_waiting = get(expired_waiting_);
    out.expired_queued = get(expired_queued_);
    out.expired_in_flight = get(expired_in_flight_);
    out.cancelled_waiting = get(cancelled_waiting_);
    out.cancelled = get(cancelled_);
    out.outcome_unknown = get(outcome_unknown_);
    out.failed = get(failed_);
  }

 private:
  using number = std::atomic<std::uint64_t>;
  static void count(number& which) noexcept { which.fetch_add(1, std::memory_order_relaxed); }
  static std::uint64_t get(const number& which) noexcept { return which.load(std::memory_order_relaxed); }

  number no_room_{0}, too_large_{0}, stopped_{0}, expired_waiting_{0}, cancelled_waiting_{0};
  number expired_queued_{0}, expired_in_flight_{0}, cancelled_{0}, outcome_unknown_{0}, failed_{0};
};

} // namespace shardbridge::detail
