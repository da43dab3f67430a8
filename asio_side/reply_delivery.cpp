// How replies become handlers: who holds the role takes batches off the lanes, gives the permits back, and delivers,
// until nothing is left; then it waits for the eventfd or, with nothing outstanding, gives the role up.
#include <asio_side/bridge_parts.hpp>
#include <asio_side/outbox.hpp>

#include <bridge/look_again.hpp>
#include <bridge/prefetch.hpp>

#include <array>
#include <bit>
#include <optional>
#include <span>
#include <utility>

#include <poll.h>

namespace shardbridge::detail {
namespace {

constexpr std::size_t reply_batch = 64;
constexpr std::int64_t not_looked = -1;
/// A drain that has lasted this long goes on as a fresh handler, and what it holds is spread over the pool's threads.
constexpr std::int64_t drain_bound_ns = 100'000;
/// Handlers that take longer than this are run by whatever threads are idle: to wake one costs about as much.
constexpr std::int64_t slow_ns = 20'000;
/// Brisk handlers called between two looks at the clock.
constexpr std::size_t handlers_a_clock = 8;

} // namespace

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
  /// Returns how many there were.
  [[nodiscard]] std::size_t take() {
    parts& own = *core_.parts_;
    const std::size_t lanes = own.connections.size();
    for (std::size_t each = 0; each < lanes && count_ < operations_.size(); ++each) {
      connection& from = *own.connections[(own.first_connection + each) % lanes];
      count_ += from.replies.pop(std::span(operations_).subspan(count_));
    }
    own.first_connection = (own.first_connection + 1) % lanes;
    if (count_ == 0) return 0;
    own.batches.add();
    for (const operation* const each : std::span(operations_).first(count_))
      prefetch(*each);
    core_.collect(std::span(operations_).first(count_));
    return count_;
  }

  /// Each handler at once, until the time is over; the rest are spread over the executors' threads. What they initiate
  /// is pushed together. Returns how many ran.
  std::int64_t deliver(std::int64_t until) {
    delivering_ = true;
    const outbox initiated_here(core_);
    const std::size_t stride = outbox::of(core_) != nullptr ? handlers_a_clock : 1;
    // Sooner at first: handlers may have become slow since the last batch.
    const auto due = [stride](std::size_t called) {
      return called < stride ? std::has_single_bit(called) : called % stride == 0;
    };
    std::int64_t ran = 0;
    while (next_ < count_) {
      operations_[next_++]->deliver(&core_, operation::delivery::invoke);
      ++ran;
      if (next_ < count_ && due(next_) && core_.parts_->clock() > until) post_rest();
    }
    delivering_ = false;
    return ran;
  }

  /// The first handler at once, but the role is handed on before it and the others are posted: neither they nor what
  /// comes meanwhile waits for it.
  void spread() {
    operation& first = *operations_[next_++];
    post_rest();
    core_.post_drain();
    first.deliver(&core_, operation::delivery::invoke);
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

bool bridge_core::delivers_here() const noexcept {
  return outbox::is_here(*this);
}

void bridge_core::take_role_if_free() noexcept {
  if (!parts_->role.try_take()) return;
  // By now another may have had the role and delivered everything: rest() gives it up again if nothing is outstanding.
  // What came since is not for this thread, whose caller is an initiating function.
  if (!rest(parts_->dry_at)) post_drain();
}

void bridge_core::woken() {
  parts& own = *parts_;
  own.replies->event().drain();
  if (own.replies->word().observe() == own.dry_at) own.spurious.add();
  drain();
}

void bridge_core::drain() {
  const auto self = shared_from_this();
  parts& own = *parts_;
  std::int64_t now = own.clock();
  const std::int64_t until = now + drain_bound_ns;
  std::int64_t looked = not_looked;
  for (;;) {
    const std::uint32_t seen = observe_replies();
    const std::size_t outstanding = own.permits.outstanding();
    batch taken(*this);
    const std::size_t came = taken.take();
    if (looked != not_looked) own.spin.hit(std::exchange(looked, not_looked), came, outstanding);
    if (came > 0) {
      if (own.pace.load(std::memory_order_relaxed) > slow_ns) {
        taken.spread();
        return own.handlers_took(own.clock() - now);
      }
      const std::int64_t ran = taken.deliver(until);
      const std::int64_t began = std::exchange(now, own.clock());
      own.handlers_took((now - began) / ran);
    } else if (const auto waited = look_for_replies(seen, now, outstanding)) {
      looked = *waited;
      now += looked;
    } else if (rest(seen)) {
      return;
    }
    if (now > until) return post_drain();
  }
}

std::uint32_t bridge_core::observe_replies() noexcept {
  const std::uint32_t seen = parts_->replies->word().observe();
  parts_->published.add(seen - std::exchange(parts_->observed, seen));
  return seen;
}

std::optional<std::int64_t> bridge_core::look_for_replies(std::uint32_t seen, std::int64_t now,
                                                          std::size_t outstanding) {
  if (outstanding == 0) return std::nullopt;
  parts& own = *parts_;
  const std::int64_t allowance = own.spin.allowance(outstanding);
  if (allowance == 0) {
    own.spin.slept();
    return std::nullopt;
  }
  const auto came = [&] { return own.replies->word().observe() != seen; };
  const auto waited = look_again(now, now + allowance, came, own.clock);
  if (waited) {
    own.looks_hit.add();
  } else {
    own.looks_missed.add();
    own.spin.missed(allowance);
  }
  return waited;
}

bool bridge_core::rest(std::uint32_t dry_at) {
  parts& own = *parts_;
  own.dry_at = dry_at;
  if (own.role.give_up_unless([&own] { return own.permits.outstanding() > 0; })) return true;
  if (own.replies->word().try_arm(dry_at) != wake_word::armed::asleep) {
    own.rearms.add();
    return false;
  }
  own.sleeps.add();
  wait_for_replies();
  return true;
}

void bridge_core::abandon() noexcept {
  observe_changes(false);
  operation_list waiting;
  parts_->permits.close(waiting);
  deliver_all(waiting, {result_kind::aborted, 0, 0}, operation::delivery::destroy);
  if (parts_->permits.outstanding() > 0) send_orders(op_code::cancel_bridge, nullptr);
  while (parts_->permits.outstanding() > 0) {
    const std::uint32_t seen = parts_->replies->word().observe();
    batch taken(*this);
    if (taken.take() > 0) {
      taken.destroy();
      continue;
    }
    if (parts_->replies->word().try_arm(seen) != wake_word::armed::asleep) continue;
    pollfd readable{parts_->replies->event().get(), POLLIN, 0};
    ::poll(&readable, 1, -1);
    parts_->replies->event().drain();
  }
}

} // namespace shardbridge::detail
