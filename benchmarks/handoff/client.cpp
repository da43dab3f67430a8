#include "client.hpp"

namespace shardbridge::bench {
namespace {

/// One operation in so many is timed: five looks at the clock cost a hundred nanoseconds, a fifth of an operation at
/// its fastest, and so a hundredth. A prime, so that the timed ones do not fall into step with batches.
constexpr unsigned timed_one_in = 17;

} // namespace

void handoff_client::begin_round() noexcept {
  initiated_ = 0;
  operations_ = 0;
  // Not all clients at once.
  untimed_left_ = index_ % timed_one_in;
}

bool handoff_client::next() noexcept {
  if (shared_.over.load(std::memory_order_relaxed)) return false;
  ++initiated_;
  timed_ = untimed_left_ == 0;
  untimed_left_ = timed_ ? timed_one_in - 1 : untimed_left_ - 1;
  if (timed_) times_ = {.initiated = std::chrono::steady_clock::now()};
  return true;
}

void handoff_client::work() noexcept {
  if (timed_) times_.taken = times_.completed = std::chrono::steady_clock::now();
}

void handoff_client::completed() noexcept {
  ++operations_;
  if (timed_) shared_.accounts.local().record(times_, std::chrono::steady_clock::now());
}

void handoff_client::failed(const std::string& why) {
  incidents& went_wrong = shared_.accounts.local().went_wrong;
  ++went_wrong.errors;
  went_wrong.note(why);
}

} // namespace shardbridge::bench
