#pragma once

#include "sample.hpp"
#include "service.hpp"

#include <vector>

namespace shardbridge::bench {

/// Looks at a service every 100 ms and notes what it sees.
///
/// Threads: one.
class sampler {
 public:
  using clock = std::chrono::steady_clock;

  explicit sampler(pressure_service& watched) : watched_(watched) {}

  /// From now on samples are of this phase, and times since `origin`: those noted before too.
  void begin(phase in, clock::time_point origin);

  bool due(clock::time_point now) const noexcept { return now >= next_; }
  /// Notes what has happened since the last one.
  const sample& take();

  std::vector<sample>& samples() noexcept { return samples_; }
  double since_origin(clock::time_point when) const { return std::chrono::duration<double>(when - origin_).count(); }

 private:
  snapshot look() const;

  pressure_service& watched_;
  phase in_ = phase::warm_up;
  clock::time_point origin_{};
  clock::time_point next_ = clock::time_point::max();
  snapshot before_;
  std::vector<sample> samples_;
};

} // namespace shardbridge::bench
