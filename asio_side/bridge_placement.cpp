// Which shard an operation goes to, and in which order.
#include <asio_side/bridge_parts.hpp>

#include <shardbridge/sequence.hpp>

#include <bridge/ordered_lane.hpp>

#include <stdexcept>

#include <sched.h>

namespace shardbridge::detail {

std::size_t bridge_core::shards() const noexcept {
  return parts_->connections.size();
}

std::size_t bridge_core::next_shard() noexcept {
  return parts_->next_shard.fetch_add(1, std::memory_order_relaxed) % shards();
}

std::size_t bridge_core::place(placement how, std::size_t own) noexcept {
  const auto in_turn = [this] { return parts_->next_placed.fetch_add(1, std::memory_order_relaxed) % shards(); };
  switch (how) {
  case placement::by_file:
    return own;
  case placement::in_turn:
    return in_turn();
  case placement::least_loaded:
    return parts_->least_loaded(in_turn());
  case placement::nearest:
    return parts_->group->nearest_to(::sched_getcpu());
  }
  return own;
}

bool bridge_core::place(operation& op, const op_options& options, std::size_t own) noexcept {
  if (options.sequence != nullptr) {
    op.order = options.sequence->lane_;
    op.shard_index = static_cast<std::uint32_t>(options.sequence->shard_);
    return op.shard_index < shards() && op.order->leads_to(*parts_->connections[op.shard_index]);
  }
  return place(op, options.shard ? *options.shard : place(options.placement.value_or(placement_), own));
}

bool bridge_core::place(operation& op, std::size_t shard) const noexcept {
  op.shard_index = static_cast<std::uint32_t>(shard);
  return shard < shards();
}

std::size_t bridge_core::shard_for_key(std::uint64_t key) const noexcept {
  // The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): every bit of the key changes half of the others.
  key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9U;
  key = (key ^ (key >> 27U)) * 0x94d049bb133111ebU;
  key ^= key >> 31U;
  return static_cast<std::size_t>(((key >> 32U) * shards()) >> 32U);
}

std::shared_ptr<ordered_lane> bridge_core::make_order(std::size_t shard) const {
  if (shard >= shards()) throw std::invalid_argument("sequence: the group has no shard of this number");
  return std::make_shared<ordered_lane>(parts_->connections[shard]);
}

} // namespace shardbridge::detail

namespace shardbridge {

sequence::sequence(const std::shared_ptr<detail::bridge_core>& on, std::size_t shard)
    : shard_(shard), lane_(on->make_order(shard)) {}

sequence::~sequence() = default;

} // namespace shardbridge
