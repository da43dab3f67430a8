#pragma once

#include <bridge/operation_list.hpp>

namespace shardbridge::detail {

/// Operations of one source, priority and kind that wait on a shard, first in first out.
struct backlog_queue {
  operation_list waiting;
  bool patient = false; ///< they may wait for ever
};

/// All of one source.
struct backlog_queues {
  backlog_queue normal, high;
  backlog_queue patient_normal{.waiting = {}, .patient = true}, patient_high{.waiting = {}, .patient = true};
  backlog_queue calls_normal, calls_high; ///< these wait for the shard itself

  [[nodiscard]] backlog_queue& of(const operation& op) noexcept {
    const bool first = op.priority == priority::high;
    if (op.code == op_code::call) return first ? calls_high : calls_normal;
    if (op.patient) return first ? patient_high : patient_normal;
    return first ? high : normal;
  }
};

} // namespace shardbridge::detail
