#pragma once

#include "../common/incidents.hpp"
#include "../common/target_file.hpp"
#include "options.hpp"
#include "sync_result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

struct sync_outcome {
  std::vector<sync_row> rows;
  incidents went_wrong;
};

/// Measures all plans at all depths, interleaved, on a file of options.file_size() at least. `remark` gets sentences
/// for the user. Throws run_failure, and what is thrown where an engine that the user has named does not work here.
sync_outcome run_sync(const sync_options& options, const std::vector<sync_plan>& plans, const target_file& file,
                      const std::function<void(const std::string&)>& remark);

} // namespace shardbridge::bench
