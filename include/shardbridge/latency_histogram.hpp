#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace shardbridge {

/// How many times took how long: counts in log-linear buckets, exact below 64 ns, then 64 buckets a power of two.
/// Whatever is asked of it takes each time for the middle of its bucket, which is off by at most 1/128 of the time.
/// Times from 2^40 ns (18 minutes) on count as the last bucket, and negative ones as 0. Histograms add up without loss.
///
/// A value type; an empty one owns no memory, any other 18 KB. What adds to it throws `std::bad_alloc`, and has then
/// changed nothing.
///
/// Thread-safety: as a std::vector: distinct objects are independent; of one, either one writer or any readers.
class latency_histogram {
  static constexpr unsigned sub_bits = 6;
  static constexpr unsigned value_bits = 40;
  static constexpr std::size_t sub_buckets = std::size_t{1} << sub_bits;

 public:
  /// How many there are: 2240.
  static constexpr std::size_t buckets = (value_bits - sub_bits + 1) * sub_buckets;

  /// The bucket in which a time is counted: ascending with it, and less than `buckets`.
  [[nodiscard]] static constexpr std::size_t bucket_of(std::chrono::nanoseconds time) noexcept {
    constexpr std::int64_t last = (std::int64_t{1} << value_bits) - 1;
    const auto value = static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.count(), 0, last));
    if (value < sub_buckets) return static_cast<std::size_t>(value);
    const auto octave = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
    // What is left of the value is at least sub_buckets, and so steps over the exact ones.
    return octave * sub_buckets + static_cast<std::size_t>(value >> octave);
  }

  /// What the times of a bucket are taken for: whole nanoseconds, rounded down.
  [[nodiscard]] static constexpr std::chrono::nanoseconds middle_of(std::size_t bucket) noexcept {
    if (bucket < sub_buckets) return std::chrono::nanoseconds(static_cast<std::int64_t>(bucket));
    const auto octave = static_cast<unsigned>(bucket / sub_buckets) - 1;
    const std::uint64_t first = std::uint64_t{bucket % sub_buckets + sub_buckets} << octave;
    const std::uint64_t width = std::uint64_t{1} << octave;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(first + (width - 1) / 2));
  }

  /// Counts one time.
  void record(std::chrono::nanoseconds time) { ++allocated()[bucket_of(time)]; }

  /// Counts all that the other has counted.
  void merge(const latency_histogram& other) {
    if (other.counts_.empty()) return;
    std::vector<std::uint64_t>& mine = allocated();
    std::ranges::transform(mine, other.counts_, mine.begin(), std::plus<>());
  }

  /// How many times were recorded.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_before(counts_.size()); }

  /// Their sum, off by at most 1/128 of itself. Never decreases as times are recorded.
  [[nodiscard]] std::chrono::nanoseconds sum() const noexcept {
    std::chrono::nanoseconds result{};
    for (std::size_t bucket = 0; bucket != counts_.size(); ++bucket)
      result += static_cast<std::int64_t>(counts_[bucket]) * middle_of(bucket);
    return result;
  }

  /// The shortest recorded time that at least the share `q` (0 to 1) of all do not exceed, off by at most 1/128 of
  /// itself; 0 when empty. A `q` of 0.5 asks for the median, of 1 for the longest.
  [[nodiscard]] std::chrono::nanoseconds quantile(double q) const noexcept {
    const std::uint64_t all = count();
    const double share = q > 0 ? std::min(q, 1.0) : 0.0; // not clamp, which lets a NaN through
    const auto exact = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(all)));
    std::uint64_t wanted = std::max<std::uint64_t>(std::min(exact, all), 1);
    for (std::size_t bucket = 0; bucket != counts_.size(); ++bucket) {
      if (counts_[bucket] >= wanted) return middle_of(bucket);
      wanted -= counts_[bucket];
    }
    return {};
  }

  /// How many of the times are not longer than `limit`, each taken for the middle of its bucket: a time within 1/128 of
  /// the limit may count on the wrong side. Never decreases with `limit`, and reaches `count()`: what a cumulative
  /// exposition of buckets needs.
  [[nodiscard]] std::uint64_t count_at_most(std::chrono::nanoseconds limit) const noexcept {
    if (counts_.empty()) return 0;
    const std::size_t bucket = bucket_of(limit);
    return count_before(middle_of(bucket) <= limit ? bucket + 1 : bucket);
  }

  /// So many times of one bucket.
  struct entry {
    std::size_t bucket;  ///< as bucket_of() tells
    std::uint64_t count; ///< at least one
  };

  /// The buckets that are not empty, ascending: how a histogram is stored or sent.
  [[nodiscard]] std::vector<entry> entries() const {
    std::vector<entry> result;
    for (std::size_t bucket = 0; bucket != counts_.size(); ++bucket)
      if (counts_[bucket] != 0) result.push_back({bucket, counts_[bucket]});
    return result;
  }

  /// Counts what an entry says. Throws `std::out_of_range` for a bucket that does not exist.
  void add(entry more) {
    if (more.bucket >= buckets) throw std::out_of_range("shardbridge: no such bucket in a latency_histogram");
    if (more.count != 0) allocated()[more.bucket] += more.count;
  }

  /// Whether both count the same in each bucket.
  friend bool operator==(const latency_histogram&, const latency_histogram&) noexcept = default;

 private:
  std::vector<std::uint64_t>& allocated() {
    if (counts_.empty()) counts_.resize(buckets);
    return counts_;
  }
  [[nodiscard]] std::uint64_t count_before(std::size_t end) const noexcept {
    return std::accumulate(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(end), std::uint64_t{0});
  }

  std::vector<std::uint64_t> counts_; ///< one a bucket, or none while all are zero
};

} // namespace shardbridge
