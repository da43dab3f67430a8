#include "account.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

std::uint64_t count(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(std::max<std::chrono::nanoseconds::rep>(time.count(), 0));
}

} // namespace

void handoff_account::record(const op_times& passed, std::chrono::steady_clock::time_point handled) {
  latency.record(count(handled - passed.initiated));
  const leg_times times = legs_of(passed, handled);
  for (std::size_t i = 0; i != legs.size(); ++i)
    if (times[i]) legs[i].record(count(*times[i]));
}

void handoff_account::merge(const handoff_account& other) {
  latency.merge(other.latency);
  for (std::size_t i = 0; i != legs.size(); ++i)
    legs[i].merge(other.legs[i]);
  went_wrong.merge(other.went_wrong);
}

} // namespace shardbridge::bench
