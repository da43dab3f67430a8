#pragma once

#include <bridge/operation_list.hpp>

namespace shardbridge::detail {

/// Operations of one source, priority and kind that wait on a shard for the kernel, first in first out.
struct backlog_queue {
  operation_list waiting;
  bool patient = false; ///< they may wait for ever
};

/// All of one source.
struct backlog_queues {
  backlog_queue normal, high;
  backlog_queue patient_normal{.waiting = {}, .patient = true}, patient_high{.waiting = {}, .patient = true};

  [[nodiscard]] backlog_queue& of(const operation& op) noexcept {
    if (op.priority == priority::high) return op.patient ? patient_high : high;
    return op.patient ? patient_normal : normal;
  }
};

} // namespace shardbridge::detail
