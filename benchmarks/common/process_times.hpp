#pragma once

#include "worker_time.hpp"

#include <string_view>

namespace shardbridge::bench {

/// Whether the kernel gives its workers for io_uring such a name. They are threads of the process whose ring it is.
constexpr bool is_worker_name(std::string_view name) noexcept {
  return name.starts_with("iou-wrk-") || name.starts_with("iou-sqp-");
}

/// Of this process, now. Without threads where /proc is not mounted.
process_times times_of_process();

} // namespace shardbridge::bench
