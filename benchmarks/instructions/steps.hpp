#pragma once

namespace shardbridge::bench {

/// The way of an operation from an application to a shard and back.
void count_operations();
/// What code on a shard does.
void count_tasks();
/// The pieces of that, each by itself.
void count_pieces();

} // namespace shardbridge::bench
