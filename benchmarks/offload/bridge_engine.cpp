#include "engines.hpp"

#include "../common/failure.hpp"
#include "client_fleet.hpp"
#include "random_canceller.hpp"

#include <shardbridge/shardbridge.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

/// Of the client threads that have a bridge of their own: a CPU for each shard and its clients, or none.
std::vector<int> client_cpus(const workload& what, bridge_manner manner) {
  if (manner == bridge_manner::each) return std::vector<int>(what.client_threads, -1);
  if (manner != bridge_manner::nearest) return {};
  const std::vector<int> usable = usable_cpus();
  std::vector<int> out;
  for (unsigned i = 0; i != what.shards; ++i)
    out.push_back(usable[i % usable.size()]);
  return out;
}

buffer_pool_options pool_options(const workload& what) {
  const std::size_t block = std::bit_ceil(std::max<std::size_t>(what.block, 4096));
  return {.bytes = block * what.depth, .largest = block};
}

shard_group_options group_options(const workload& what, bridge_manner manner, const std::vector<int>& cpus,
                                  const buffer_pool* registered) {
  shard_group_options options;
  if (manner == bridge_manner::sleeping) options.spin = {};
  if (manner == bridge_manner::threads) options.backend = backend::thread_pool;
  if (manner == bridge_manner::nearest) options.cpus = cpus;
  if (registered != nullptr) options.registered_pools.push_back(registered);
  options.shards = what.shards;
  options.timeout_mode = what.linked_timeouts ? timeout_mode::linked : timeout_mode::timer;
  options.ring_entries =
      std::clamp(std::bit_ceil((what.depth + what.shards - 1) / what.shards), options.ring_entries, 8192U);
  return options;
}

bridge_options bridge_options_for(const workload& what, bridge_manner manner) {
  bridge_options options;
  options.cached_reads = manner == bridge_manner::cached_reads;
  if (manner == bridge_manner::sleeping) options.spin = {};
  if (manner == bridge_manner::nearest) options.placement = placement::nearest;
  options.max_ops = std::max<std::size_t>(options.max_ops, what.depth);
  options.max_bytes = std::max<std::size_t>(options.max_bytes, what.depth * what.block);
  if (what.timeout) options.timeout = *what.timeout;
  return options;
}

class bridge_engine final : public engine {
 public:
  bridge_engine(const workload& what, block_ledger* ledger, bridge_manner manner)
      : cpus_(client_cpus(what, manner)), files_of_bridge_(manner == bridge_manner::nearest ? 1 : what.shards),
        pool_(manner == bridge_manner::registered ? std::make_unique<buffer_pool>(pool_options(what)) : nullptr),
        buffers_(buffers_of(pool_.get(), what)), fleet_(what, ledger, cpus_, spans_of(buffers_)),
        group_(group_options(what, manner, cpus_, pool_.get())) {
    if (pool_ != nullptr && group_.backend_reason().find("could not be registered") != std::string::npos)
      throw run_failure(group_.backend_reason());
    for (std::size_t i = 0; i == 0 || i < cpus_.size(); ++i)
      bridges_.emplace_back(fleet_.get_executor(i), group_, bridge_options_for(what, manner));
    const auto access = writes(what.rw) ? open_flags::read_write : open_flags::read_only;
    // A file belongs to one bridge and one shard, so each bridge gets one for each shard that it uses.
    for (auto& each : bridges_)
      for (std::size_t i = 0; i != files_of_bridge_; ++i)
        files_.emplace_back(each, what.path, what.direct ? access | open_flags::direct : access);
    for (unsigned i = 0; i != what.depth && what.cancel_percent != 0; ++i)
      cancellers_.emplace_back(fleet_.get_executor(i % bridges_.size()), what.cancel_percent);
  }

  round_result run_round(double seconds) override {
    if (cancellers_.empty())
      return fleet_.run_round(
          seconds, [this](const block_client& client, auto token) { return start(client, std::move(token)); },
          [](block_client& client, const auto& error, std::size_t bytes) { end(client, error, bytes); });
    return fleet_.run_round(
        seconds,
        [this](block_client& client, auto token) {
          auto& canceller = cancellers_[client.index()];
          canceller.begin(client.random());
          return start(client, asio::bind_cancellation_slot(canceller.slot(), std::move(token)));
        },
        [this](block_client& client, const auto& error, std::size_t bytes) {
          cancellers_[client.index()].end();
          end(client, error, bytes);
        });
  }

 private:
  using executor = client_fleet::executor_type;

  template <class Token>
  auto start(const block_client& client, Token token) {
    // The clients are dealt out to the bridges as the fleet does it, and those of a bridge to its files.
    const std::size_t bridge = client.index() % bridges_.size();
    auto& file = files_[bridge * files_of_bridge_ + client.index() / bridges_.size() % files_of_bridge_];
    const auto bytes = asio::buffer(client.buffer().data(), client.buffer().size());
    return client.is_write() ? file.async_write_some_at(client.offset(), bytes, std::move(token))
                             : file.async_read_some_at(client.offset(), bytes, std::move(token));
  }

  static void end(block_client& client, const boost::system::error_code& error, std::size_t bytes) {
    if (!error || error == asio::error::eof)
      client.completed(bytes);
    else if (error == boost::system::errc::timed_out)
      client.timed_out();
    else if (error == asio::error::operation_aborted || error == errc::outcome_unknown)
      client.cancelled();
    else
      client.failed(error.message());
  }

  static std::vector<owned_buffer> buffers_of(buffer_pool* pool, const workload& what) {
    std::vector<owned_buffer> out;
    for (unsigned i = 0; pool != nullptr && i != what.depth; ++i)
      out.push_back(pool->allocate(what.block));
    return out;
  }
  static std::vector<std::span<std::byte>> spans_of(std::vector<owned_buffer>& buffers) {
    std::vector<std::span<std::byte>> out;
    for (owned_buffer& each : buffers)
      out.push_back(each.span());
    return out;
  }

  const std::vector<int> cpus_;
  const std::size_t files_of_bridge_;
  const std::unique_ptr<buffer_pool> pool_;
  std::vector<owned_buffer> buffers_;
  client_fleet fleet_;
  shard_group group_;
  std::deque<basic_bridge<executor>> bridges_;
  std::deque<basic_random_access_file<executor>> files_;
  std::deque<random_canceller<executor>> cancellers_;
};

} // namespace

std::unique_ptr<engine> make_bridge_engine(const workload& what, block_ledger* ledger, bridge_manner manner) {
  return std::make_unique<bridge_engine>(what, ledger, manner);
}

} // namespace shardbridge::bench
