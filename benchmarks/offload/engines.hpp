#pragma once

#include "../reference/design_names.hpp"
#include "engine.hpp"

namespace shardbridge::bench {

enum class bridge_manner {
  usual,
  registered,   ///< with buffers of a pool that the shards have registered
  cached_reads, ///< with bridge_options::cached_reads
  nearest,      ///< each shard shares a CPU with the clients that it serves, which have a bridge of their own
  each,         ///< each client thread has a bridge of its own
  sleeping,     ///< neither side looks again before it sleeps
  threads       ///< on backend::thread_pool, as where io_uring is forbidden
};
std::unique_ptr<engine> make_bridge_engine(const workload& what, block_ledger* ledger, bridge_manner manner);
std::unique_ptr<engine> make_pool_engine(const workload& what, block_ledger* ledger, unsigned threads);
std::unique_ptr<engine> make_raw_engine(const workload& what, block_ledger* ledger);
std::unique_ptr<engine> make_pread_engine(const workload& what, block_ledger* ledger);
/// A design of other systems, rebuilt.
std::unique_ptr<engine> make_reference_engine(const workload& what, block_ledger* ledger, design which);

/// Boost's own file object, in the companion program beside this one.
std::unique_ptr<engine> make_asio_file_engine(const workload& what, block_ledger* ledger, bool shared_object);

} // namespace shardbridge::bench
