// What a settled submission means for its operation: done, to be continued, or an error, and which. The only place
// where "the user cancelled", "the deadline fired" and "the shard stopped" are told apart.
#pragma once

#include <shardbridge/detail/operation.hpp>

#include <bridge/interruptions.hpp>
#include <shard_side/op_fsm.hpp>

#include <cstdint>

namespace shardbridge::detail {

struct verdict {
  bool done; ///< else: submit the rest
  op_result result;
};

/// The facts about a transfer that judge() needs beside the machine.
struct transfer {
  op_code code;
  std::uint64_t moved_before = 0; ///< by earlier submissions of the same operation
  std::uint64_t wanted = 0;       ///< by this submission
  std::uint64_t rest = 0;         ///< by submissions that have not been made
  bool continues = false;         ///< regular file: a short transfer is continued, zero bytes are the end
  std::uint32_t alignment = 1;    ///< of a direct file: a count that is no multiple of it ended at the end of the file
  int interruptions = 0;          ///< EINTRs of earlier submissions that nobody here asked for
};

/// The error for an operation that was interrupted when the kernel had it, after it moved `moved` bytes.
[[nodiscard]] op_result interrupted_in_flight(op_fsm::reason why, std::uint64_t moved) noexcept;

/// Of what the kernel ended with an error.
[[nodiscard]] verdict judge_failure(const op_fsm& settled, const transfer& what) noexcept;

/// Nothing is left to be done: how nearly all end.
[[nodiscard]] inline bool whole(const op_fsm& settled, const transfer& what) noexcept {
  if (settled.result() < 0) return false;
  return !operation::moves_bytes(what.code) ||
         (what.rest == 0 && static_cast<std::uint64_t>(settled.result()) >= what.wanted);
}

[[nodiscard]] inline verdict judge(const op_fsm& settled, const transfer& what) noexcept {
  if (settled.result() < 0) return judge_failure(settled, what);

  const auto moved_now = static_cast<std::uint64_t>(settled.result());
  const std::uint64_t moved = what.moved_before + moved_now;
  if (whole(settled, what)) return {true, {result_kind::success, 0, moved}};

  if (moved_now == 0) {
    if (what.code == op_code::read && moved == 0) return {true, {result_kind::end_of_file, 0, 0}};
    return {true, {result_kind::success, 0, moved}};
  }
  if (!what.continues || moved_now % what.alignment != 0) return {true, {result_kind::success, 0, moved}};
  if (settled.interrupted() != op_fsm::reason::none) return {true, interrupted_in_flight(settled.interrupted(), moved)};
  return {false, {result_kind::success, 0, moved}};
}

/// The error for an operation that a stopped shard leaves to the kernel, after it moved `moved` bytes.
[[nodiscard]] op_result given_up(op_code code, std::uint64_t moved) noexcept;

/// The error for an operation that was interrupted before the kernel had it: nothing was done.
[[nodiscard]] op_result interrupted_early(op_fsm::reason why) noexcept;

} // namespace shardbridge::detail
