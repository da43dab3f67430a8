// Goal: what the library counts of itself comes out even while nothing is under way. Method: its own numbers, a
// sentence for each that does not.
#pragma once

#include <shardbridge/notifier_options.hpp>
#include <shardbridge/stats.hpp>

#include <span>
#include <string>
#include <vector>

namespace shardbridge::soak {

/// Accepted = completed, all permits and bytes back, nobody waits, the pressure is normal.
std::vector<std::string> fault_in(const std::string& name, const bridge_stats& seen);
/// No slot in use, nothing waits for one, no task, nothing quarantined, no overflow; of each shard.
std::vector<std::string> fault_in(std::span<const shard_stats> seen);
/// Accepted = called, nothing outstanding.
std::vector<std::string> fault_in(const notifier_stats& seen);

} // namespace shardbridge::soak
