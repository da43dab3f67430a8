#pragma once

#include "../common/incidents.hpp"
#include "../common/target_file.hpp"
#include "options.hpp"
#include "pressure_result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

struct pressure_outcome {
  double device_rate = 0; ///< 0: nobody looked.
  double overload_rate = 0;
  std::vector<pressure_row> rows;
  incidents went_wrong;
};

/// Runs all engines in turn, each round beginning with another, each in a process of its own. `file` is null where the
/// device is not real. `remark` gets sentences for the user. Throws failure.
pressure_outcome run_all_pressure(const pressure_options& options, const target_file* file,
                                  const std::function<void(const std::string&)>& remark);

} // namespace shardbridge::bench
