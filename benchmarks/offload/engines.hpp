#pragma once

#include "engine.hpp"

namespace shardbridge::bench {

std::unique_ptr<engine> make_bridge_engine(const workload& what, block_ledger* ledger);
std::unique_ptr<engine> make_pool_engine(const workload& what, block_ledger* ledger, unsigned threads);
std::unique_ptr<engine> make_raw_engine(const workload& what, block_ledger* ledger);

/// Boost's own file object, in the companion program beside this one.
std::unique_ptr<engine> make_asio_file_engine(const workload& what, block_ledger* ledger, bool shared_object);

} // namespace shardbridge::bench
