#pragma once

#include "engine.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// An engine that could be made: the same one is made anew for each setting.
struct handoff_plan {
  std::string name; ///< As in the JSON.
  std::function<std::unique_ptr<handoff_engine>(const handoff_setting&, const handoff_cpus&)> make;

  const std::string& label() const noexcept { return name; }
};

/// One plan for each name. Throws bad_input for a name that is none.
std::vector<handoff_plan> plan_handoff(const std::vector<std::string>& names);

} // namespace shardbridge::bench
