/// @file
/// Includes every public header but `<shardbridge/prometheus.hpp>`, which needs prometheus-cpp.
#pragma once

#include <shardbridge/async_call.hpp>
#include <shardbridge/async_copy.hpp>
#include <shardbridge/async_nop.hpp>
#include <shardbridge/bridge.hpp>
#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/channel.hpp>
#include <shardbridge/errc.hpp>
#include <shardbridge/error.hpp>
#include <shardbridge/file_range.hpp>
#include <shardbridge/file_status.hpp>
#include <shardbridge/interval.hpp>
#include <shardbridge/io_options.hpp>
#include <shardbridge/join_handle.hpp>
#include <shardbridge/notifier.hpp>
#include <shardbridge/oneshot.hpp>
#include <shardbridge/open_flags.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/owned_buffer.hpp>
#include <shardbridge/path_operations.hpp>
#include <shardbridge/random_access_file.hpp>
#include <shardbridge/received_buffer.hpp>
#include <shardbridge/semaphore.hpp>
#include <shardbridge/semaphore_units.hpp>
#include <shardbridge/sequence.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/shard_file.hpp>
#include <shardbridge/shard_group.hpp>
#include <shardbridge/shard_socket.hpp>
#include <shardbridge/sharded.hpp>
#include <shardbridge/stats.hpp>
#include <shardbridge/stream_file.hpp>
#include <shardbridge/synced_write.hpp>
#include <shardbridge/task.hpp>
#include <shardbridge/task_id.hpp>
#include <shardbridge/task_info.hpp>
#include <shardbridge/when.hpp>
#include <shardbridge/with_options.hpp>
#include <shardbridge/with_stop.hpp>
#include <shardbridge/with_timeout.hpp>

/// @namespace shardbridge
/// Hands operations from Boost.Asio to shards, threads with an io_uring each, and brings the results back. `error_code`
/// in the signature of a handler is `boost::system::error_code`. What is in `shardbridge::detail` may change at any
/// time.
