#include <shardbridge/detail/bridge_core.hpp>

#include <shardbridge/detail/descriptor.hpp>

#include <asio_side/reply_role.hpp>
#include <bridge/admission.hpp>
#include <bridge/group_core.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include <poll.h>

namespace shardbridge::detail {
namespace {

constexpr std::size_t reply_batch = 64;
/// A drain that has lasted this long goes on as a fresh handler, and what it holds is spread over the pool's threads.
constexpr std::int64_t drain_bound_ns = 100'000;

/// No deadline is this one.
constexpr std::int64_t timer_fired = INT64_MIN;

std::int64_t steady_now() noexcept {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

bridge_options checked(const bridge_options& options) {
  const auto require = [](bool sensible, const char* sentence) {
    if (!sensible) throw std::invalid_argument(sentence);
  };
  require(options.max_ops >= 1 && options.max_ops <= admission_word::ops_limit,
          "bridge_options::max_ops must be 1 to 4194304");
  require(options.max_bytes >= 1 && options.max_bytes <= admission_word::bytes_limit,
          "bridge_options::max_bytes must be 1 to 2^40 - 1");
  require(!options.timeout || *options.timeout > std::chrono::nanoseconds::zero(),
          "bridge_options::timeout must be positive");
  require(options.when_full == when_full::wait || options.when_full == when_full::refuse,
          "bridge_options::when_full is none of the enumerators");
  return options;
}

/// Tells one shard to cancel many. It belongs to that shard and is not counted.
class shard_order final : public operation {
 public:
  shard_order(op_code what, descriptor* meant) : operation(what, &finish) {
    silent = true;
    file = meant;
    if (file != nullptr) file->add_reference();
  }

 private:
  ~shard_order() = default;
  static void finish(operation& op, bridge_core*, delivery) {
    if (op.file != nullptr) bridge_core::release(*op.file);
    delete static_cast<shard_order*>(&op);
  }
};

} // namespace

struct bridge_core::parts {
  parts(std::shared_ptr<group_core> joined, const bridge_options& options)
      : group(std::move(joined)), permits(options), replies(std::make_shared<wake_side>()) {
    for (shard_port& port : group->ports) {
      connections.push_back(std::make_shared<connection>(wake_pair{port.wake(), replies}, options.max_ops));
      port.attach(connections.back());
    }
  }
  ~parts() {
    for (std::size_t shard = 0; shard < connections.size(); ++shard)
      group->ports[shard].detach(*connections[shard]);
  }

  const std::shared_ptr<group_core> group;
  admission permits;
  const std::shared_ptr<wake_side> replies;
  std::vector<std::shared_ptr<connection>> connections;
  std::atomic<std::uint64_t> accepted{0}, completed{0}, refused{0}, expired{0};

  std::atomic<std::size_t> next_shard{0};

  reply_role role;
  // The holder's, handed on with the role.
  std::size_t first_connection = 0; // of the next look
  std::uint32_t dry_at = 0;         // what was published when the lanes were last found dry

  std::mutex timer;
  std::int64_t timer_at = never; // under the lock
};

/// Replies taken off the lanes and not delivered yet. If a handler throws, the others are posted and the role goes on.
class bridge_core::batch {
 public:
  explicit batch(bridge_core& core) noexcept : core_(core) {}
  ~batch() {
    if (!delivering_) return;
    post_rest();
    core_.post_drain();
  }
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;

  /// One look at every lane, each time beginning with another. Permits are given back before any handler runs.
  [[nodiscard]] bool take() {
    parts& own = *core_.parts_;
    const std::size_t lanes = own.connections.size();
    for (std::size_t each = 0; each < lanes && count_ < operations_.size(); ++each) {
      connection& from = *own.connections[(own.first_connection + each) % lanes];
      count_ += from.replies.pop(std::span(operations_).subspan(count_));
    }
    own.first_connection = (own.first_connection + 1) % lanes;
    if (count_ == 0) return false;
    std::uint64_t bytes = 0;
    for (const operation* op : std::span(operations_).first(count_))
      bytes += op->bytes;
    core_.give_back(count_, bytes);
    return true;
  }

  /// Each handler at once, until the time is over; the rest are spread over the executors' threads.
  void deliver(std::int64_t until) {
    delivering_ = true;
    while (next_ < count_) {
      operations_[next_++]->deliver(&core_, operation::delivery::invoke);
      if (next_ < count_ && steady_now() > until) post_rest();
    }
    delivering_ = false;
  }

  void destroy() noexcept {
    while (next_ < count_)
      operations_[next_++]->deliver(&core_, operation::delivery::destroy);
  }

 private:
  void post_rest() {
    while (next_ < count_)
      operations_[next_++]->deliver(&core_, operation::delivery::post);
  }

  bridge_core& core_;
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  bool delivering_ = false; // still true in the destructor: a handler threw
  std::array<operation*, reply_batch> operations_;
};

bridge_core::bridge_core(std::shared_ptr<group_core> group, const bridge_options& options)
    : timeout_(options.timeout.value_or(group->options.timeout)),
      parts_(std::make_unique<parts>(std::move(group), checked(options))) {}

bridge_core::~bridge_core() = default;

void bridge_core::initiate(operation& op) noexcept {
  const bool may_expire = op.deadline != never;
  switch (parts_->permits.acquire(op)) {
  case admission::acquired::taken: {
    operation_list admitted;
    admitted.push_back(op);
    return send_all(admitted);
  }
  case admission::acquired::waiting:
    if (may_expire) restart_timer();
    return;
  case admission::acquired::cancelled:
    return answer(op, {result_kind::aborted, 0, 0});
  case admission::acquired::no_room:
    return refuse(op, errc::no_room);
  case admission::acquired::too_large:
    return refuse(op, errc::too_large);
  case admission::acquired::stopped:
    return refuse(op, errc::stopped);
  }
}

void bridge_core::answer(operation& op, op_result result) noexcept {
  op.result = result;
  op.deliver(this, operation::delivery::post);
}

void bridge_core::refuse(operation& op, errc why) noexcept {
  parts_->refused.fetch_add(1, std::memory_order_relaxed);
  answer(op, op_result::of(why));
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
  parts_->accepted.fetch_add(1, std::memory_order_relaxed);
  if (op.cancellable && !op.cancel.publish()) {
    op.result = {result_kind::aborted, 0, 0};
    return unsent.push_back(op);
  }
  const std::size_t shard = op.shard_index;
  connection& to = *parts_->connections[shard];
  try {
    to.requests.push({op, lane_item::meaning::request});
  } catch (const std::bad_alloc&) {
    op.result = {result_kind::system_error, ENOMEM, 0};
    return unsent.push_back(op);
  }
  if (!to.wakes.consumer_wake.publish()) take_leftovers(shard, unsent);
  take_role_if_free();
}

void bridge_core::take_leftovers(std::size_t shard, operation_list& into) noexcept {
  answer_leftovers(*parts_->connections[shard], [&into](operation& op) { into.push_back(op); });
}

void bridge_core::return_unsent(operation_list& unsent, operation_list& admitted) noexcept {
  if (unsent.empty()) return;
  while (operation* const op = unsent.pop_front()) {
    parts_->completed.fetch_add(1, std::memory_order_relaxed);
    parts_->permits.release(1, op->bytes, admitted);
    op->deliver(this, operation::delivery::post);
  }
  // No reply comes for them: whoever holds the role must look whether anything is outstanding still.
  parts_->replies->publish();
}

void bridge_core::give_back(std::uint64_t ops, std::uint64_t bytes) noexcept {
  parts_->completed.fetch_add(ops, std::memory_order_relaxed);
  operation_list admitted;
  parts_->permits.release(ops, bytes, admitted);
  if (admitted.empty()) return;
  send_all(admitted);
  restart_timer();
}

void bridge_core::tell(std::size_t shard, lane_item item) noexcept {
  connection& to = *parts_->connections[shard];
  to.requests.push(item);
  if (to.wakes.consumer_wake.publish()) return;
  operation_list unsent;
  operation_list admitted;
  take_leftovers(shard, unsent);
  return_unsent(unsent, admitted);
  send_all(admitted);
}

void bridge_core::cancel(operation& op, cancel_kind kind) noexcept {
  const auto shard = op.shard_index;
  switch (op.cancel.request(kind)) {
  case cancel_word::requested::too_late:
    return;
  case cancel_word::requested::remembered:
    if (!parts_->permits.cancel(op)) return;
    answer(op, {result_kind::aborted, 0, 0});
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
  deliver_all(waiting, {result_kind::aborted, 0, 0}, operation::delivery::post);
  admit_next();
  send_orders(op_code::cancel_file, &file);
}

void bridge_core::send_orders(op_code what, descriptor* file) {
  for (std::size_t shard = 0; shard < parts_->connections.size(); ++shard)
    tell(shard, {*new shard_order(what, file), lane_item::meaning::request});
}

void bridge_core::release(descriptor& file) noexcept {
  if (operation* const parked = file.release()) announce_only_user(*parked);
}

void bridge_core::stop() noexcept {
  operation_list waiting;
  parts_->permits.close(waiting);
  parts_->refused.fetch_add(waiting.size(), std::memory_order_relaxed);
  deliver_all(waiting, op_result::of(errc::stopped), operation::delivery::post);
}

void bridge_core::deliver_all(operation_list& ended, op_result result, operation::delivery how) noexcept {
  if (ended.empty()) return;
  while (operation* const op = ended.pop_front()) {
    op->result = result;
    op->deliver(this, how);
  }
  restart_timer();
}

void bridge_core::take_role_if_free() noexcept {
  if (!parts_->role.try_take()) return;
  // By now another may have had the role and delivered everything: rest() gives it up again if nothing is outstanding.
  // What came since is not for this thread, whose caller is an initiating function.
  if (!rest(parts_->dry_at)) post_drain();
}

void bridge_core::woken() {
  parts_->replies->event().drain();
  drain();
}

void bridge_core::drain() {
  const auto self = shared_from_this();
  const std::int64_t until = steady_now() + drain_bound_ns;
  for (;;) {
    const std::uint32_t seen = parts_->replies->word().observe();
    batch taken(*this);
    if (taken.take())
      taken.deliver(until);
    else if (rest(seen))
      return;
    if (steady_now() > until) return post_drain();
  }
}

bool bridge_core::rest(std::uint32_t dry_at) {
  parts_->dry_at = dry_at;
  if (parts_->role.give_up_unless([this] { return parts_->permits.ops() > 0; })) return true;
  if (parts_->replies->word().try_arm(dry_at) != wake_word::armed::asleep) return false;
  wait_for_replies();
  return true;
}

void bridge_core::expire_waiters() {
  operation_list expired;
  parts_->permits.expire(steady_now(), expired);
  parts_->expired.fetch_add(expired.size(), std::memory_order_relaxed);
  while (operation* const op = expired.pop_front())
    answer(*op, op_result::of(errc::expired_waiting));
  {
    // Whatever the timer is set to now, it is set or cancelled anew.
    const std::lock_guard lock(parts_->timer);
    parts_->timer_at = timer_fired;
  }
  admit_next();
}

void bridge_core::admit_next() noexcept {
  give_back(0, 0);
  restart_timer();
}

void bridge_core::restart_timer() noexcept {
  const std::lock_guard lock(parts_->timer);
  const std::int64_t wanted = parts_->permits.earliest_deadline();
  if (std::exchange(parts_->timer_at, wanted) != wanted) set_timer(wanted);
}

void bridge_core::abandon() noexcept {
  operation_list waiting;
  parts_->permits.close(waiting);
  deliver_all(waiting, {result_kind::aborted, 0, 0}, operation::delivery::destroy);
  if (parts_->permits.ops() > 0) send_orders(op_code::cancel_bridge, nullptr);
  while (parts_->permits.ops() > 0) {
    const std::uint32_t seen = parts_->replies->word().observe();
    batch taken(*this);
    if (taken.take()) {
      taken.destroy();
      continue;
    }
    if (parts_->replies->word().try_arm(seen) != wake_word::armed::asleep) continue;
    pollfd readable{parts_->replies->event().get(), POLLIN, 0};
    ::poll(&readable, 1, -1);
    parts_->replies->event().drain();
  }
}

int bridge_core::wake_descriptor() const noexcept {
  return parts_->replies->event().get();
}

std::size_t bridge_core::shards() const noexcept {
  return parts_->connections.size();
}

std::size_t bridge_core::next_shard() noexcept {
  return parts_->next_shard.fetch_add(1, std::memory_order_relaxed) % parts_->connections.size();
}

bridge_stats bridge_core::stats() const {
  // Completed before accepted, so that no snapshot shows more ends than beginnings.
  const std::uint64_t completed = parts_->completed.load(std::memory_order_acquire);
  return {.accepted = parts_->accepted.load(std::memory_order_acquire),
          .completed = completed,
          .refused = parts_->refused.load(std::memory_order_relaxed),
          .expired_waiting = parts_->expired.load(std::memory_order_relaxed),
          .ops = parts_->permits.ops(),
          .bytes = parts_->permits.bytes(),
          .waiting = parts_->permits.waiting(),
          .wakes = parts_->replies->wakes_sent()};
}

} // namespace shardbridge::detail
