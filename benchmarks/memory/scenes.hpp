// What the companion does with its memory. Each says where it has come to, and is looked at there.
#pragma once

#include "companion_protocol.hpp"

#include <functional>

namespace shardbridge::bench {

/// Takes the name of a state that has been come to.
using look = std::function<void(const char* state)>;

/// A group, "made" when each shard has done one operation, "used" when each has had as many outstanding as its ring has
/// entries, several times.
void look_at_shards(const memory_request& asked, const look& at);

/// No-ops, reads or calls on a bridge that admits `count`: "made" before the first, "full", "done", and "gone" with the
/// bridge.
void look_at_bridge(const memory_request& asked, const look& at);

/// Sleeping tasks on one shard: "made" before the first, "full", and "done".
void look_at_tasks(const memory_request& asked, const look& at);

/// One shard and one bridge: "warm" after a tenth of a stretch, and "stretch" after each. Ends early when the user
/// interrupts.
void look_at_stretches(const memory_request& asked, const look& at);

} // namespace shardbridge::bench
