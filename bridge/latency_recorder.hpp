#pragma once

#include <bridge/counter.hpp>
#include <shardbridge/latency_histogram.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace shardbridge::detail {

/// A latency_histogram that is read while it is written. What a recorder owns it allocates when it is made, so that
/// recording cannot fail.
class latency_recorder {
 public:
  /// One thread at a time: between two of them something must order the first one's calls before the second one's, or
  /// a count is lost.
  void record(std::chrono::nanoseconds time) noexcept { counts_[latency_histogram::bucket_of(time)].add(); }

  /// Any thread. What is recorded meanwhile may be in it or not, each time by itself.
  [[nodiscard]] latency_histogram snapshot() const {
    latency_histogram result;
    for (std::size_t bucket = 0; bucket != latency_histogram::buckets; ++bucket)
      result.add({bucket, counts_[bucket].get()});
    return result;
  }

 private:
  std::unique_ptr<counter[]> counts_ = std::make_unique<counter[]>(latency_histogram::buckets);
};

} // namespace shardbridge::detail
