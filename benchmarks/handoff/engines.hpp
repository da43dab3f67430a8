#pragma once

#include "../reference/design_names.hpp"
#include "engine.hpp"

#include <memory>

namespace shardbridge::bench {

/// shardbridge: a no-op through the shard's ring.
std::unique_ptr<handoff_engine> make_bridge_engine(const handoff_setting& what, const handoff_cpus& cpus);
/// shardbridge: an empty function on the shard.
std::unique_ptr<handoff_engine> make_call_engine(const handoff_setting& what, const handoff_cpus& cpus);
/// Another io_context for each shard, asio::post there and back.
std::unique_ptr<handoff_engine> make_post_engine(const handoff_setting& what, const handoff_cpus& cpus);
/// An asio::thread_pool with a thread for each shard, asio::post there and back.
std::unique_ptr<handoff_engine> make_pool_engine(const handoff_setting& what, const handoff_cpus& cpus);
/// Another io_context for each shard, and an asio::experimental::concurrent_channel each there and back.
std::unique_ptr<handoff_engine> make_channel_engine(const handoff_setting& what, const handoff_cpus& cpus);
/// A design of other systems, rebuilt: no-ops through its ring.
std::unique_ptr<handoff_engine> make_reference_engine(const handoff_setting& what, const handoff_cpus& cpus,
                                                      design which);

} // namespace shardbridge::bench
