#pragma once

#include "response_plan.hpp"

#include <string>
#include <string_view>

namespace http_file_server {

/// What every response of a moment has in common.
struct head_setting {
  std::string_view date;
  unsigned retry_after = 1; ///< seconds, told with 503
  bool http_1_0_keep_alive = false;
};

/// Status line and fields, with the empty line behind them. Text and not a Beast message, since it goes out in one
/// write with the first bytes of the file.
[[nodiscard]] std::string response_head(const response_plan& plan, const head_setting& setting);

} // namespace http_file_server
