#pragma once

#include "../command.hpp"
#include "options.hpp"

#include <string_view>
#include <vector>

namespace shardbridge::bench {

/// A command that measures operations on a file: `offload`, or a preset of it.
struct measuring_command {
  const char* name;
  const char* description;
  const char* examples; ///< Printed at the end of its --help, after what the engines are.
  offload_texts defaults;
  std::vector<std::string_view> without; ///< Options of `offload` that would contradict the preset.
};

void add_measuring_command(CLI::App& app, action& chosen, const measuring_command& what);

} // namespace shardbridge::bench
