#include "account.hpp"

namespace shardbridge::bench {

void handoff_account::record(const op_times& passed, std::chrono::steady_clock::time_point handled) {
  latency.record(handled - passed.initiated);
  const leg_times times = legs_of(passed, handled);
  for (std::size_t i = 0; i != legs.size(); ++i)
    if (times[i]) legs[i].record(*times[i]);
}

void handoff_account::merge(const handoff_account& other) {
  latency.merge(other.latency);
  for (std::size_t i = 0; i != legs.size(); ++i)
    legs[i].merge(other.legs[i]);
  went_wrong.merge(other.went_wrong);
}

} // namespace shardbridge::bench
