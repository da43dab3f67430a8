#include "companion_protocol.hpp"

namespace shardbridge::bench {

void to_json(nlohmann::json& to, const companion_setup& from) {
  to = {{"path", from.what.path},
        {"size", from.what.size},
        {"block", from.what.block},
        {"depth", from.what.depth},
        {"rw", to_string(from.what.rw)},
        {"own_parts", from.what.own_parts},
        {"direct", from.what.direct},
        {"verify", from.what.verify},
        {"seed", from.what.seed},
        {"client_threads", from.what.client_threads},
        {"rate", from.what.rate},
        {"apart", from.what.apart},
        {"rate_seed", from.what.rate_seed},
        {"shared_object", from.shared_object},
        {"ledger_descriptor", from.ledger_descriptor}};
}

void from_json(const nlohmann::json& from, companion_setup& to) {
  from.at("path").get_to(to.what.path);
  from.at("size").get_to(to.what.size);
  from.at("block").get_to(to.what.block);
  from.at("depth").get_to(to.what.depth);
  to.what.rw = parse_rw_mode("rw", from.at("rw").get<std::string>());
  from.at("own_parts").get_to(to.what.own_parts);
  from.at("direct").get_to(to.what.direct);
  from.at("verify").get_to(to.what.verify);
  from.at("seed").get_to(to.what.seed);
  from.at("client_threads").get_to(to.what.client_threads);
  from.at("rate").get_to(to.what.rate);
  from.at("apart").get_to(to.what.apart);
  from.at("rate_seed").get_to(to.what.rate_seed);
  from.at("shared_object").get_to(to.shared_object);
  from.at("ledger_descriptor").get_to(to.ledger_descriptor);
}

} // namespace shardbridge::bench
