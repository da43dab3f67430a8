#include "histogram_json.hpp"

#include <cstdint>

namespace shardbridge::bench {

std::chrono::nanoseconds last_of_bucket(std::size_t bucket) {
  // Buckets ascend with the time, so what is not beyond this one can be halved again and again.
  std::int64_t inside = latency_histogram::middle_of(bucket).count();
  std::int64_t beyond = bucket + 1 == latency_histogram::buckets ? std::int64_t{1} << 40 : inside * 2 + 2;
  while (beyond - inside > 1) {
    const std::int64_t between = inside + (beyond - inside) / 2;
    (latency_histogram::bucket_of(std::chrono::nanoseconds(between)) <= bucket ? inside : beyond) = between;
  }
  return std::chrono::nanoseconds(inside);
}

nlohmann::ordered_json histogram_json(const latency_histogram& from) {
  auto to = nlohmann::ordered_json::array();
  for (const auto& [bucket, count] : from.entries())
    to.push_back(nlohmann::ordered_json::array({last_of_bucket(bucket).count(), count}));
  return to;
}

latency_histogram histogram_from(const nlohmann::ordered_json& from) {
  latency_histogram to;
  for (const auto& entry : from)
    to.add({.bucket = latency_histogram::bucket_of(std::chrono::nanoseconds(entry.at(0).get<std::int64_t>())),
            .count = entry.at(1).get<std::uint64_t>()});
  return to;
}

} // namespace shardbridge::bench
