#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace shardbridge::bench {

/// Counts of nanoseconds in log-linear buckets: exact below 64 ns, then 64 buckets a power of two. A quantile is the
/// middle of its bucket, so it is off by at most 1/128 of itself. Histograms add up without loss.
///
/// Thread-safety: one writer; read and merge when it has finished.
class latency_histogram {
 public:
  static constexpr unsigned sub_bits = 6;
  static constexpr std::uint64_t sub_buckets = std::uint64_t{1} << sub_bits;
  /// Beyond eighteen minutes everything counts as the last bucket: no round waits that long for an operation.
  static constexpr unsigned value_bits = 40;
  static constexpr std::size_t buckets = (value_bits - sub_bits + 1) * sub_buckets;

  static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
    value = std::min(value, (std::uint64_t{1} << value_bits) - 1);
    if (value < sub_buckets) return static_cast<std::size_t>(value);
    const auto octave = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
    return static_cast<std::size_t>((octave + 1) * sub_buckets + (value >> octave) - sub_buckets);
  }

  static constexpr double middle_of(std::size_t bucket) noexcept {
    if (bucket < sub_buckets) return static_cast<double>(bucket);
    const auto octave = static_cast<unsigned>(bucket / sub_buckets) - 1;
    const auto first = (bucket % sub_buckets + sub_buckets) << octave;
    const auto width = std::uint64_t{1} << octave;
    return static_cast<double>(first) + static_cast<double>(width - 1) / 2;
  }

  void record(std::uint64_t nanoseconds) noexcept {
    ++counts_[bucket_of(nanoseconds)];
    ++total_;
  }

  void merge(const latency_histogram& other) noexcept {
    for (std::size_t i = 0; i != buckets; ++i)
      counts_[i] += other.counts_[i];
    total_ += other.total_;
  }

  /// The smallest recorded value that at least the share `q` of all values does not exceed; 0 when empty.
  double quantile(double q) const noexcept {
    if (total_ == 0) return 0;
    const auto wanted =
        std::clamp(static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(total_))), std::uint64_t{1}, total_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i != buckets; ++i) {
      seen += counts_[i];
      if (seen >= wanted) return middle_of(i);
    }
    return middle_of(buckets - 1);
  }

  std::uint64_t total() const noexcept { return total_; }

  struct entry {
    std::size_t bucket;
    std::uint64_t count;
  };

  /// The buckets that are not empty: how a histogram crosses a pipe.
  std::vector<entry> entries() const {
    std::vector<entry> result;
    for (std::size_t i = 0; i != buckets; ++i)
      if (counts_[i] != 0) result.push_back({i, counts_[i]});
    return result;
  }

  /// Throws std::out_of_range for a bucket that does not exist.
  void add(entry e) {
    counts_.at(e.bucket) += e.count;
    total_ += e.count;
  }

 private:
  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t total_ = 0;
};

} // namespace shardbridge::bench
