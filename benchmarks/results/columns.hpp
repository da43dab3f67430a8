#pragma once

#include "result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// A column of the table behind depth and engine.
struct column {
  std::string above; ///< Over the name, and over that of columns before it, as far as these have nothing there.
  std::string name;
  int width = 0;
  std::function<std::string(const result_row&)> text;
};

/// Those that the rows have something for. They refer to `rows`.
std::vector<column> columns_for(const std::vector<result_row>& rows);

/// Of the column of engines: the longest name has room.
int engine_width(const std::vector<result_row>& rows);

} // namespace shardbridge::bench
