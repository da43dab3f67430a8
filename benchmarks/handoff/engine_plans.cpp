#include "engine_plans.hpp"

#include "../common/failure.hpp"
#include "engines.hpp"

#include <algorithm>

namespace shardbridge::bench {

namespace {

std::vector<handoff_plan> all_plans() {
  std::vector<handoff_plan> all{{"bridge", make_bridge_engine},
                                {"call", make_call_engine},
                                {"post", make_post_engine},
                                {"pool", make_pool_engine},
                                {"channel", make_channel_engine}};
  for (const design_name& each : design_names)
    all.push_back({std::string(each.name), [which = each.which](const handoff_setting& what, const handoff_cpus& cpus) {
                     return make_reference_engine(what, cpus, which);
                   }});
  return all;
}

} // namespace

std::vector<handoff_plan> plan_handoff(const std::vector<std::string>& names) {
  static const std::vector<handoff_plan> all = all_plans();
  std::vector<handoff_plan> plans;
  for (const auto& name : names) {
    const auto known = std::ranges::find(all, name, &handoff_plan::name);
    if (known == all.end())
      throw bad_input("--engine '" + name +
                      "' is unknown; there are bridge, call, post, pool, channel, "
                      "design-wake-each, design-locked-queue and design-shared-ring");
    if (std::ranges::find(plans, name, &handoff_plan::name) == plans.end()) plans.push_back(*known);
  }
  return plans;
}

} // namespace shardbridge::bench
