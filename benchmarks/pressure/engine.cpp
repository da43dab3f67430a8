#include "engines.hpp"

namespace shardbridge::bench {

std::unique_ptr<pressure_engine> make_engine(const pressure_setting& what, const engine_place& where) {
  return what.engine == pressure_kind::pool ? make_unbounded_pool(what, where) : make_bounded_bridge(what, where);
}

} // namespace shardbridge::bench
