#pragma once

#include <array>
#include <string_view>

namespace shardbridge::bench {

/// How other systems join a service to io_uring, rebuilt small for comparison: what each of them does about waking and
/// sharing, and nothing else. None bounds what is outstanding, watches deadlines or cancels.
enum class design {
  wake_each,    ///< a thread with a ring of its own; an eventfd is written for every message, there and back
  locked_queue, ///< the same, behind queues with a mutex; an eventfd is written for what comes to an empty one
  shared_ring   ///< one ring that the service's threads share by a mutex, and a thread that posts what completes
};

struct design_name {
  std::string_view name;
  design which;
};
inline constexpr std::array design_names{design_name{"design-wake-each", design::wake_each},
                                         design_name{"design-locked-queue", design::locked_queue},
                                         design_name{"design-shared-ring", design::shared_ring}};

} // namespace shardbridge::bench
