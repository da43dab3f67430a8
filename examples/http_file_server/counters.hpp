// What one worker has done. It alone writes; any thread reads.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace http_file_server {

/// A number with one writer.
class tally {
 public:
  void add(std::uint64_t more) noexcept { value_.store(get() + more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Every status that the server answers with.
inline constexpr std::array<unsigned, 14> statuses{200, 206, 301, 304, 400, 403, 404,
                                                   405, 412, 416, 431, 500, 503, 504};

struct counters {
  std::array<tally, statuses.size()> responses{}; ///< by status, in their order; not those of /metrics
  tally bytes{};                                  ///< of files, sent
  tally cut_short{};                              ///< responses that were begun and could not be finished
  tally timed_out{};                              ///< connections closed since their client was too slow
  tally accepted{};                               ///< connections
  tally held_back{};                              ///< requests that waited for the pressure to end

  /// What is not in the list counts as 500.
  void count_response(unsigned status) noexcept {
    constexpr auto other = std::ranges::find(statuses, 500U);
    const auto found = std::ranges::find(statuses, status);
    responses[static_cast<std::size_t>((found == statuses.end() ? other : found) - statuses.begin())].add(1);
  }
};

} // namespace http_file_server
