#include "pressure_account.hpp"

#include <utility>

namespace shardbridge::bench {

void pressure_account::offered(const operation& what) {
  const std::lock_guard lock(mutex_);
  ++of(what).offered;
}

void pressure_account::completed(const operation& what, std::chrono::steady_clock::time_point handled) {
  const std::lock_guard lock(mutex_);
  phase_totals& mine = of(what);
  ++mine.completed;
  mine.from_intended.record(handled - what.intended);
  mine.from_initiation.record(handled - what.initiated);
  mine.from_admission.record(handled - what.admitted());
  recent_.record(handled - what.initiated);
}

void pressure_account::refused(const operation& what) {
  const std::lock_guard lock(mutex_);
  ++of(what).refused;
}

void pressure_account::abandoned(const operation& what) {
  const std::lock_guard lock(mutex_);
  ++of(what).abandoned;
}

void pressure_account::failed(const operation& what, const std::string& why) {
  const std::lock_guard lock(mutex_);
  incidents& went_wrong = of(what).went_wrong;
  ++went_wrong.errors;
  went_wrong.note("the block at " + std::to_string(what.offset) + ": " + why);
}

operation_counts pressure_account::counts() const {
  const std::lock_guard lock(mutex_);
  operation_counts sum;
  for (const auto& each : phases_) {
    sum.offered += each.offered;
    sum.completed += each.completed;
    sum.refused += each.refused;
    sum.ended += each.ended();
  }
  return sum;
}

phase_totals pressure_account::totals(phase which) const {
  const std::lock_guard lock(mutex_);
  return phases_[static_cast<std::size_t>(which)];
}

shardbridge::latency_histogram pressure_account::take_recent() {
  const std::lock_guard lock(mutex_);
  return std::exchange(recent_, {});
}

} // namespace shardbridge::bench
