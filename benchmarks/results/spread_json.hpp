#pragma once

#include "../common/statistics.hpp"

#include <nlohmann/json.hpp>

namespace shardbridge::bench {

inline void to_json(nlohmann::ordered_json& to, const spread& from) {
  to = {{"min", from.min}, {"median", from.median}, {"max", from.max}};
}

inline void from_json(const nlohmann::ordered_json& from, spread& to) {
  from.at("min").get_to(to.min);
  from.at("median").get_to(to.median);
  from.at("max").get_to(to.max);
}

} // namespace shardbridge::bench
