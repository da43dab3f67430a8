// What joins one bridge to one shard: a lane each way and the pair of wakes.
#pragma once

#include <bridge/backlog_queue.hpp>
#include <bridge/lane.hpp>
#include <bridge/level_word.hpp>
#include <bridge/operation_list.hpp>
#include <bridge/wake_pair.hpp>

#include <shardbridge/detail/own_operation.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <utility>

namespace shardbridge::detail {

struct connection : std::enable_shared_from_this<connection> {
  connection(wake_pair pair, std::size_t reply_capacity) : wakes(std::move(pair)), replies(reply_capacity) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Only orders to the shard itself can be left: operations keep their bridge, and so this, until they are handed
  /// back.
  ~connection() {
    std::array<lane_item, 32> items;
    while (const std::size_t count = requests.pop(items)) {
      for (const lane_item& item : std::span(items).first(count))
        item.op().deliver(nullptr, operation::delivery::destroy);
    }
  }

  request_lane requests;
  wake_pair wakes;
  reply_lane replies;
  level_word level; ///< the bridge's

  /// Its bridge has ordered to cancel everything; what the order overtook on the lane is cancelled too. The shard's
  /// thread only.
  bool abandoned = false;

  /// What waits on the shard for the kernel. The shard's thread only.
  backlog_queues backlog;

  /// Replies of the present turn, pushed together. The shard's thread only.
  operation_list pending_replies;

  /// Serialises answer_leftovers().
  std::mutex leftovers;
};

/// Whoever ends an operation asks here whether it may be handed back now: not while a cancel message that names it is
/// on its way. Called once at the end and once for each message.
[[nodiscard]] inline bool may_hand_back(operation& op) noexcept {
  if (!op.cancellable || op.cancel.settle() == op.cancels_taken) return true;
  op.where = operation::place::held;
  return false;
}

/// To the shard of a parked operation: it may go on. By whoever descriptor::release() or a sync_ledger gave it to; that
/// of a shard's own operation, whose file stays there, on its thread. `publish`: tells the shard's wake that something
/// was pushed.
template <class Publish>
void announce_unparked(operation& parked, Publish publish) {
  if (parked.joined == nullptr) {
    auto& own = static_cast<own_operation&>(parked);
    return own.runtime.unpark_own(own);
  }
  // Once it is pushed it may end, and with it all that keeps the connection.
  const std::shared_ptr<connection> to = parked.joined->shared_from_this();
  to->requests.push({parked, lane_item::meaning::unparked});
  publish(*to->wakes.consumer_wake);
}
inline void announce_unparked(operation& parked) {
  announce_unparked(parked, [](wake_side& wake) { wake.publish(); });
}

/// Pops what is left on the request lane of a shard that has closed its wake word, and hands what can be handed back to
/// `finish` with the result `stopped`. Called by the shard once, after it closed, and by every producer that learns
/// from publish() that it was too late; the lock makes them one owner.
template <class Finish>
void answer_leftovers(connection& joined, Finish finish) {
  const std::lock_guard lock(joined.leftovers);
  std::array<lane_item, 32> items;
  while (const std::size_t count = joined.requests.pop(items)) {
    for (const lane_item& item : std::span(items).first(count)) {
      operation& op = item.op();
      switch (item.what()) {
      case lane_item::meaning::request:
        if (op.silent) {
          op.deliver(nullptr, operation::delivery::destroy);
          break;
        }
        op.result = op_result::of(errc::stopped);
        if (may_hand_back(op)) finish(op);
        break;
      case lane_item::meaning::cancel:
        ++op.cancels_taken;
        if (op.where == operation::place::held && may_hand_back(op)) finish(op);
        break;
      case lane_item::meaning::unparked:
        op.result = op_result::of(errc::stopped);
        if (may_hand_back(op)) finish(op);
        break;
      }
    }
  }
}

} // namespace shardbridge::detail
