#include "sampler.hpp"

#include "resident_memory.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr std::chrono::steady_clock::duration interval = std::chrono::milliseconds(100);

} // namespace

void sampler::begin(phase in, clock::time_point origin) {
  for (auto& each : samples_)
    each.t -= since_origin(origin);
  in_ = in;
  origin_ = origin;
  next_ = clock::now() + interval;
  before_ = look();
  [[maybe_unused]] const auto of_before = watched_.account().take_recent();
}

const sample& sampler::take() {
  const snapshot now = look();
  samples_.push_back(sample_between(before_, now, watched_.account().take_recent()));
  before_ = now;
  next_ = std::max(next_ + interval, clock::now());
  return samples_.back();
}

snapshot sampler::look() const {
  const operation_counts counted = watched_.account().counts();
  const queue_state held = watched_.state();
  return {.t = since_origin(clock::now()),
          .in = in_,
          .resident = resident_memory(),
          .queue = held.queued,
          .waiting = held.waiting,
          .level = static_cast<unsigned>(held.level),
          .offered = counted.offered,
          .admitted = held.accepted,
          .completed = counted.completed,
          .refused = counted.refused};
}

} // namespace shardbridge::bench
