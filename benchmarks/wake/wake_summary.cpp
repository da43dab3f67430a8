#include "wake_summary.hpp"

#include "../common/microseconds.hpp"

namespace shardbridge::bench {

wake_sample sample_of(const wake_round& round) {
  return {.round_trips = round.trips.count(),
          .p50_us = microseconds(round.trips.quantile(0.5)),
          .p99_us = microseconds(round.trips.quantile(0.99)),
          .caller_us = microseconds(round.calls.quantile(0.5)),
          .cpu_us = round.cpu_seconds * 1e6 / static_cast<double>(round.trips.count())};
}

wake_figures summarize(const std::vector<wake_sample>& rounds) {
  const auto over_rounds = [&](double wake_sample::*field) {
    return spread_over(rounds, [field](const wake_sample& round) { return round.*field; });
  };

  wake_figures figures;
  figures.rounds = static_cast<unsigned>(rounds.size());
  for (const auto& round : rounds)
    figures.round_trips += round.round_trips;
  figures.round_trip_p50_us = over_rounds(&wake_sample::p50_us);
  figures.round_trip_p99_us = over_rounds(&wake_sample::p99_us);
  figures.caller_us = over_rounds(&wake_sample::caller_us);
  figures.cpu_us = over_rounds(&wake_sample::cpu_us);
  return figures;
}

} // namespace shardbridge::bench
