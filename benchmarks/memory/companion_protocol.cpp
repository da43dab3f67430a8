#include "companion_protocol.hpp"

namespace shardbridge::bench {

using json = nlohmann::ordered_json;

void to_json(json& to, const memory_use& from) {
  to = {{"own", from.own}, {"rings", from.rings}, {"kernel", from.kernel ? json(*from.kernel) : json(nullptr)}};
}

void from_json(const json& from, memory_use& to) {
  from.at("own").get_to(to.own);
  from.at("rings").get_to(to.rings);
  const json& kernel = from.at("kernel");
  to.kernel = kernel.is_null() ? std::nullopt : std::optional(kernel.get<std::int64_t>());
}

void to_json(json& to, const memory_request& from) {
  to = {{"what", from.what},
        {"ring_entries", from.ring_entries},
        {"shards", from.shards},
        {"count", from.count},
        {"stretches", from.stretches}};
}

void from_json(const json& from, memory_request& to) {
  from.at("what").get_to(to.what);
  from.at("ring_entries").get_to(to.ring_entries);
  from.at("shards").get_to(to.shards);
  from.at("count").get_to(to.count);
  from.at("stretches").get_to(to.stretches);
}

} // namespace shardbridge::bench
