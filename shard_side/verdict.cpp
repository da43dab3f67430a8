#include <shard_side/verdict.hpp>

namespace shardbridge::detail {

verdict judge_failure(const op_fsm& settled, const transfer& what) noexcept {
  const int error = -settled.result();
  const op_fsm::reason why = settled.interrupted();
  if (error == ECANCELED) return {true, interrupted_in_flight(why, what.moved_before)};
  // The descriptor is gone all the same, see close(2).
  if (what.code == op_code::close && error == EINTR) return {true, {}};
  if (error == EINTR) {
    if (why == op_fsm::reason::none && what.interruptions < most_interruptions)
      return {false, {result_kind::success, 0, what.moved_before}};
    // It had begun when it was interrupted: of what changes the file nobody knows how much was done.
    if ((why == op_fsm::reason::user || why == op_fsm::reason::stop) && !operation::only_reads(what.code))
      return {true, op_result::of(errc::outcome_unknown, what.moved_before)};
    if (why != op_fsm::reason::none) return {true, interrupted_in_flight(why, what.moved_before)};
  }
  return {true, {result_kind::system_error, error, what.moved_before}};
}

op_result interrupted_in_flight(op_fsm::reason why, std::uint64_t moved) noexcept {
  switch (why) {
  case op_fsm::reason::deadline:
    return op_result::of(errc::expired_in_flight, moved);
  case op_fsm::reason::stop:
    return op_result::of(errc::stopped, moved);
  case op_fsm::reason::user:
  case op_fsm::reason::none:
    break;
  }
  return {result_kind::aborted, 0, moved};
}

op_result given_up(op_code code, std::uint64_t moved) noexcept {
  return op_result::of(operation::only_reads(code) ? errc::stopped : errc::outcome_unknown, moved);
}

op_result interrupted_early(op_fsm::reason why) noexcept {
  switch (why) {
  case op_fsm::reason::deadline:
    return op_result::of(errc::expired_queued);
  case op_fsm::reason::stop:
    return op_result::of(errc::stopped);
  case op_fsm::reason::user:
  case op_fsm::reason::none:
    break;
  }
  return {result_kind::aborted, 0, 0};
}

} // namespace shardbridge::detail
