#include "engine_plans.hpp"

#include "../common/failure.hpp"
#include "engines.hpp"

#include <algorithm>
#include <array>

namespace shardbridge::bench {

std::vector<handoff_plan> plan_handoff(const std::vector<std::string>& names) {
  static const std::array all{handoff_plan{"bridge", make_bridge_engine}, handoff_plan{"call", make_call_engine},
                              handoff_plan{"post", make_post_engine}, handoff_plan{"pool", make_pool_engine},
                              handoff_plan{"channel", make_channel_engine}};
  std::vector<handoff_plan> plans;
  for (const auto& name : names) {
    const auto known = std::ranges::find(all, name, &handoff_plan::name);
    if (known == all.end())
      throw bad_input("--engine '" + name + "' is unknown; there are bridge, call, post, pool and channel");
    if (std::ranges::find(plans, name, &handoff_plan::name) == plans.end()) plans.push_back(*known);
  }
  return plans;
}

} // namespace shardbridge::bench
