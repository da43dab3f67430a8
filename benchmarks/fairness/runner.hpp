#pragma once

#include "../common/target_file.hpp"
#include "fairness_result.hpp"
#include "options.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

struct fairness_outcome {
  std::vector<fairness_row> rows;
  std::uint64_t stalls = 0;
  incidents went_wrong;
};

/// Measures all subsets, interleaved, on one shard. `remark` gets sentences for the user. Throws run_failure, and what
/// a shard_group throws.
fairness_outcome run_fairness(const fairness_options& options, const target_file& file,
                              const std::function<void(const std::string&)>& remark);

} // namespace shardbridge::bench
