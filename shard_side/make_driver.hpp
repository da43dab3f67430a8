#pragma once

#include <shardbridge/options.hpp>

#include <bridge/event_fd.hpp>
#include <shard_side/driver.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace shardbridge::detail {

class buffer_memory;

struct driver_setup {
  backend which;
  const shard_group_options& options;
  std::size_t shard;
  const event_fd& wake;                                     ///< the shard's
  const std::vector<int>& cpus;                             ///< that threads of the driver's own may use
  const std::vector<std::shared_ptr<buffer_memory>>& pools; ///< to be registered, where that can be done
};

struct made_driver {
  std::unique_ptr<driver> kernel;
  backend in_use;     ///< never `automatic`
  std::string reason; ///< what was chosen and why, in a sentence
};

/// On the shard's thread. Throws std::system_error with a sentence where what is wanted does not work here.
[[nodiscard]] made_driver make_driver(const driver_setup& wanted);

} // namespace shardbridge::detail
