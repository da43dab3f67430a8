#include <shardbridge/detail/bridge_core.hpp>

#include <asio_side/bridge_parts.hpp>
#include <asio_side/outbox.hpp>
#include <asio_side/shard_order.hpp>
#include <asio_side/watermarks_check.hpp>

#include <bridge/descriptor_number.hpp>
#include <bridge/ordered_lane.hpp>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>

namespace shardbridge::detail {
namespace {

bridge_options checked(const bridge_options& options) {
  const auto require = [](bool sensible, const char* sentence) {
    if (!sensible) throw std::invalid_argument(sentence);
  };
  require(options.max_ops >= 1 && options.max_ops <= admission_word::ops_limit,
          "bridge_options::max_ops must be 1 to 2097151");
  require(options.max_bytes >= 1 && options.max_bytes <= admission_word::bytes_limit,
          "bridge_options::max_bytes must be 1 to 2^40 - 1");
  require(!options.timeout || *options.timeout > std::chrono::nanoseconds::zero(),
          "bridge_options::timeout must be positive");
  require(options.spin >= std::chrono::nanoseconds::zero() && options.spin <= std::chrono::seconds(1),
          "bridge_options::spin must be 0 to 1 s");
  require(options.when_full == when_full::wait || options.when_full == when_full::refuse,
          "bridge_options::when_full is none of the enumerators");
  require(options.reserved_ops < options.max_ops, "bridge_options::reserved_ops must be less than max_ops");
  require(options.placement == placement::by_file || options.placement == placement::in_turn ||
              options.placement == placement::least_loaded || options.placement == placement::nearest,
          "bridge_options::placement is none of the enumerators");
  check(options.watermarks, "bridge_options");
  return options;
}

} // namespace

bridge_core::bridge_core(std::shared_ptr<group_core> group, const bridge_options& options)
    : timeout_(options.timeout.value_or(group->options.timeout)), placement_(options.placement),
      parts_(std::make_unique<parts>(std::move(group), checked(options))) {}

bridge_core::~bridge_core() = default;

void bridge_core::initiate(operation& op) noexcept {
  constexpr auto immediate = operation::delivery::immediate;
  if (parts_->cached.wanted() && op.bytes <= parts_->max_bytes && !parts_->permits.closed() &&
      parts_->cached.try_now(op))
    return end(op, immediate);
  const bool may_expire = op.deadline != never;
  const bool waits_for_level = op.code == op_code::wait_level;
  const auto acquired = parts_->permits.acquire(op);
  if (parts_->permits.has_news()) tell_news();
  switch (acquired) {
  case admission::acquired::taken: {
    if (waits_for_level) return answer(op, {}, immediate);
    operation_list admitted;
    admitted.push_back(op);
    return send_all(admitted);
  }
  case admission::acquired::waiting:
    if (may_expire) restart_timer();
    return take_role_if_free();
  case admission::acquired::cancelled:
    if (!waits_for_level) parts_->outcomes.cancelled_waiting();
    return answer(op, {result_kind::aborted, 0, 0}, immediate);
  case admission::acquired::no_room:
    return refuse(op, errc::no_room, immediate);
  case admission::acquired::too_large:
    return refuse(op, errc::too_large, immediate);
  case admission::acquired::stopped:
    return refuse(op, errc::stopped, immediate);
  }
}

void bridge_core::initiate(operation& op, permit taken) noexcept {
  const bool needs_more = op.patient && parts_->permits.limits_patient();
  const bool needs_none = op.code == op_code::wait_level;
  if (taken.core_.get() != this || taken.bytes_ < op.bytes || needs_more || needs_none) {
    taken = permit();
    return initiate(op);
  }
  taken.core_.reset();
  parts_->permits.use_unused();
  operation_list admitted;
  if (taken.bytes_ > op.bytes) parts_->permits.release(0, taken.bytes_ - op.bytes, admitted);
  if (parts_->permits.has_news()) tell_news();
  const bool admits_others = !admitted.empty();
  admitted.push_front(op);
  send_all(admitted);
  if (admits_others) restart_timer();
}

permit bridge_core::try_acquire(std::size_t bytes) noexcept {
  const auto acquired = parts_->permits.try_acquire(bytes);
  if (parts_->permits.has_news()) tell_news();
  if (acquired == admission::acquired::taken) {
    wake_delivery();
    return {shared_from_this(), bytes};
  }
  parts_->outcomes.refused(acquired == admission::acquired::too_large ? errc::too_large
                           : acquired == admission::acquired::stopped ? errc::stopped
                                                                      : errc::no_room);
  return {};
}

void bridge_core::give_up(std::size_t bytes) noexcept {
  operation_list admitted;
  parts_->permits.release_unused(bytes, admitted);
  admit(admitted);
  wake_delivery();
}

/// Whoever holds the role must look whether anything is outstanding still.
void bridge_core::wake_delivery() noexcept {
  parts_->replies->publish();
}

void bridge_core::sample(operation& op) noexcept {
  parts_->sampler.maybe_lend(op);
}

void bridge_core::answer(operation& op, op_result result, operation::delivery how) noexcept {
  op.result = result;
  end(op, how);
}

/// An operation that does not come from a batch of replies.
void bridge_core::end(operation& op, operation::delivery how) noexcept {
  if (parts_->sampler.lent(op.times)) parts_->sampler.drop(std::exchange(op.times, nullptr));
  op.deliver(this, how);
}

void bridge_core::refuse(operation& op, errc why, operation::delivery how) noexcept {
  if (op.code != op_code::wait_level) parts_->outcomes.refused(why);
  answer(op, op_result::of(why), how);
}

void bridge_core::send_all(operation_list& admitted) noexcept {
  // What cannot be sent gives its permit back, which may admit others: a loop, since as a recursion it would be as deep
  // as the queue of waiters is long.
  while (operation* const op = admitted.pop_front()) {
    operation_list unsent;
    send(*op, unsent);
    return_unsent(unsent, admitted);
  }
}

void bridge_core::send(operation& op, operation_list& unsent) noexcept {
  op.stamp(&op_times::admitted);
  if (op.cancellable && !op.cancel.publish()) {
    parts_->permits.count_accepted(1);
    op.result = {result_kind::aborted, 0, 0};
    return unsent.push_back(op);
  }
  const lane_item item(op, lane_item::meaning::request);
  outbox* const open = outbox::of(*this);
  if (open != nullptr && op.order == nullptr) return open->put(op.shard_index, item, unsent);
  push(op.shard_index, {&item, 1}, unsent);
  take_role_if_free();
}

void bridge_core::push(std::size_t shard, std::span<const lane_item> items, operation_list& unsent) noexcept {
  parts_->permits.count_accepted(items.size());
  connection& to = *parts_->connections[shard];
  ordered_lane* const order = items.front().op().order.get();
  try {
    if (order != nullptr)
      order->push(items.front());
    else
      to.requests.push(items);
  } catch (const std::bad_alloc&) {
    for (const lane_item& each : items) {
      each.op().result = {result_kind::system_error, ENOMEM, 0};
      unsent.push_back(each.op());
    }
    return;
  }
  if (!to.wakes.consumer_wake->publish()) take_leftovers(shard, unsent);
}

void bridge_core::take_leftovers(std::size_t shard, operation_list& into) noexcept {
  answer_leftovers(*parts_->connections[shard], [&into](operation& op) { into.push_back(op); });
}

void bridge_core::return_unsent(operation_list& unsent, operation_list& admitted) noexcept {
  if (unsent.empty()) return;
  while (operation* const op = unsent.pop_front()) {
    parts_->completed.fetch_add(1, std::memory_order_release); // as in collect()
    parts_->outcomes.completed(op->result);
    parts_->permits.release(1, op->bytes, admitted, op->patient ? 1U : 0U);
    end(*op, operation::delivery::post);
  }
  if (parts_->permits.has_news()) tell_news();
  wake_delivery(); // no reply comes for them
  // Those admitted wait no more, and the timer may have been theirs.
  if (!admitted.empty()) restart_timer();
}

void bridge_core::collect(std::span<operation* const> ended) noexcept {
  std::uint64_t bytes = 0;
  std::uint64_t patient = 0;
  for (operation* const op : ended) {
    bytes += op->bytes;
    patient += op->patient ? 1U : 0U;
    parts_->outcomes.completed(op->result);
    if (!parts_->sampler.lent(op->times)) continue;
    op->stamp(&op_times::delivered);
    parts_->sampler.give_back(std::exchange(op->times, nullptr));
  }
  // release: pairs with the acquire of stats(), which then sees all of them accepted.
  parts_->completed.fetch_add(ended.size(), std::memory_order_release);
  operation_list granted;
  parts_->permits.release(ended.size(), bytes, granted, patient);
  admit(granted);
}

void bridge_core::admit(operation_list& granted) noexcept {
  if (parts_->permits.has_news()) tell_news();
  if (granted.empty()) return;
  send_all(granted);
  restart_timer();
}

void bridge_core::tell(std::size_t shard, lane_item item) noexcept {
  connection& to = *parts_->connections[shard];
  to.requests.push(item);
  if (to.wakes.consumer_wake->publish()) return;
  operation_list unsent;
  operation_list admitted;
  take_leftovers(shard, unsent);
  return_unsent(unsent, admitted);
  send_all(admitted);
}

void bridge_core::cancel(operation& op, cancel_kind kind) noexcept {
  const auto shard = op.shard_index;
  switch (op.cancel.request(kind)) {
  case cancel_word::requested::nothing_new:
    return;
  case cancel_word::requested::remembered:
    if (!parts_->permits.cancel(op)) return;
    if (op.code != op_code::wait_level) parts_->outcomes.cancelled_waiting();
    answer(op, {result_kind::aborted, 0, 0}, operation::delivery::post);
    return admit_next();
  case cancel_word::requested::send:
    return tell(shard, {op, lane_item::meaning::cancel});
  }
}

void bridge_core::cancel_file(descriptor& file) {
  file.next_epoch();
  operation_list waiting;
  parts_->permits.cancel_if(
      [&file](const operation& op) { return op.file == &file && op.epoch < file.epoch() && op.code != op_code::close; },
      waiting);
  for (std::size_t each = 0; each < waiting.size(); ++each)
    parts_->outcomes.cancelled_waiting();
  deliver_all(waiting, {result_kind::aborted, 0, 0}, operation::delivery::post);
  admit_next();
  send_orders(op_code::cancel_file, &file);
}

void bridge_core::send_orders(op_code what, descriptor* file) {
  for (std::size_t shard = 0; shard < parts_->connections.size(); ++shard) {
    // Made first: a mark whose order could not be made would hide every later cancel.
    auto* const order = new shard_order(what, file);
    if (file == nullptr || file->mark_ordered(shard))
      tell(shard, {*order, lane_item::meaning::request});
    else
      order->deliver(nullptr, operation::delivery::destroy);
  }
}

void bridge_core::release(descriptor& file) noexcept {
  if (operation* const parked = file.release()) announce_unparked(*parked);
}

void bridge_core::stop() noexcept {
  operation_list waiting;
  parts_->permits.close(waiting);
  while (operation* const op = waiting.pop_front())
    refuse(*op, errc::stopped, operation::delivery::post);
  restart_timer();
  if (parts_->permits.outstanding() == 0) wake_delivery();
}

void bridge_core::deliver_all(operation_list& ended, op_result result, operation::delivery how) noexcept {
  if (ended.empty()) return;
  while (operation* const op = ended.pop_front()) {
    op->result = result;
    end(*op, how);
  }
  restart_timer();
}

void bridge_core::expire_waiters() {
  operation_list expired;
  parts_->permits.expire(parts_->clock(), expired);
  while (operation* const op = expired.pop_front()) {
    if (op->code != op_code::wait_level) parts_->outcomes.expired_waiting();
    answer(*op, op_result::of(errc::expired_waiting), operation::delivery::post);
  }
  {
    // Whatever the timer is set to now, it is set or cancelled anew.
    const std::lock_guard lock(parts_->timer);
    parts_->timer_at = before_all;
  }
  admit_next();
}

void bridge_core::admit_next() noexcept {
  operation_list granted;
  parts_->permits.release(0, 0, granted);
  admit(granted);
  restart_timer();
  if (parts_->permits.outstanding() == 0) wake_delivery(); // no reply comes for who waited
}

void bridge_core::restart_timer() noexcept {
  const std::lock_guard lock(parts_->timer);
  const std::int64_t wanted = parts_->permits.earliest_deadline();
  if (std::exchange(parts_->timer_at, wanted) != wanted) set_timer(wanted);
}

int bridge_core::duplicate_of_wake() const {
  const int own = ::fcntl(parts_->replies->event().get(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) throw std::system_error(errno, std::generic_category(), "dup of the bridge's eventfd");
  number_given(own);
  return own;
}

bridge_stats bridge_core::stats() const {
  // Completed before accepted, so that no snapshot shows more ends than beginnings.
  const std::uint64_t completed = parts_->completed.load(std::memory_order_acquire);
  const std::uint64_t wakes = parts_->replies->wakes_sent();
  const std::uint64_t published = parts_->published.get();
  const level_history history = parts_->permits.history();
  bridge_stats out{.accepted = parts_->permits.accepted(),
                   .completed = completed,
                   .ops = parts_->permits.ops(),
                   .max_ops = parts_->max_ops,
                   .bytes = parts_->permits.bytes(),
                   .max_bytes = parts_->max_bytes,
                   .waiting = parts_->permits.waiting(),
                   .level = parts_->permits.level(),
                   .level_entered = history.entered,
                   .time_in_level = history.time,
                   .sleeps = parts_->sleeps.get(),
                   .wakes = wakes,
                   .wakes_skipped = published - std::min(published, wakes),
                   .wakes_spurious = parts_->spurious.get(),
                   .rearms = parts_->rearms.get(),
                   .looks_hit = parts_->looks_hit.get(),
                   .looks_missed = parts_->looks_missed.get(),
                   .reply_batches = parts_->batches.get(),
                   .latencies = parts_->sampler.snapshot()};
  parts_->outcomes.fill_in(out);
  out.cached_reads = parts_->cached.hits();
  out.cached_reads_missed = parts_->cached.misses();
  return out;
}

} // namespace shardbridge::detail

namespace shardbridge {

permit::~permit() {
  if (core_ != nullptr) core_->give_up(bytes_);
}

} // namespace shardbridge
