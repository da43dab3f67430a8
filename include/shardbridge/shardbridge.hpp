#pragma once

#include <shardbridge/async_call.hpp>
#include <shardbridge/async_nop.hpp>
#include <shardbridge/bridge.hpp>
#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/errc.hpp>
#include <shardbridge/error.hpp>
#include <shardbridge/file_status.hpp>
#include <shardbridge/open_flags.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/owned_buffer.hpp>
#include <shardbridge/path_operations.hpp>
#include <shardbridge/random_access_file.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/shard_group.hpp>
#include <shardbridge/stats.hpp>
#include <shardbridge/with_options.hpp>
