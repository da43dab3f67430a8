#pragma once

#include "engine.hpp"

namespace shardbridge::bench {

/// shardbridge: at most `max_ops` are accepted; what comes beyond is refused, or waits where it may.
std::unique_ptr<pressure_engine> make_bounded_bridge(const pressure_setting& what, const engine_place& where);

/// What a service does today: an asio::thread_pool that blocks in pread, and its queue without bounds.
std::unique_ptr<pressure_engine> make_unbounded_pool(const pressure_setting& what, const engine_place& where);

} // namespace shardbridge::bench
