#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace shardbridge::bench {

enum class pressure_kind { refuse, wait, pool };

/// What is read from.
///   real       the file
///   throttled  a block device in memory that the kernel holds to a rate
///   stall      the same, and in the middle of the overload it does nothing for a while
enum class device_kind { real, throttled, stall };

// Each throws bad_input for a name that is none.
pressure_kind parse_pressure_kind(std::string_view name);
device_kind parse_device_kind(std::string_view name);

std::string_view to_string(pressure_kind kind) noexcept;
std::string_view to_string(device_kind kind) noexcept;

/// What one run is asked to do. Times are in seconds, rates in operations a second.
struct pressure_setting {
  pressure_kind engine = pressure_kind::refuse;
  std::string path;       ///< Of a real device.
  std::uint64_t size = 0; ///< Of a real device; a multiple of `block`.
  std::uint64_t block = 4096;
  bool direct = true;
  device_kind device = device_kind::real;
  unsigned throttled_rate = 0; ///< Of a throttled device.
  double stall = 0;

  unsigned max_ops = 0;
  unsigned max_waiters = 0;
  unsigned shards = 1;
  unsigned pool_threads = 0;
  unsigned client_threads = 1;
  unsigned producers = 1;

  double base_load = 0;     ///< Times what the engine was seen to do.
  double device_rate = 0;   ///< What the device was seen to do; 0: nobody looked.
  double overload_rate = 0; ///< Offered.
  double base_seconds = 0;
  double seconds = 0; ///< Of the overload.
  double drain_seconds = 0;
  std::uint64_t memory_limit = 0; ///< Resident bytes at which nothing more is offered.
  std::uint64_t seed = 1;

  /// How long queues and memory are given to reach what is usual; the warm-up takes as long.
  double settle_seconds() const noexcept { return seconds < 4 ? seconds / 4 : 1; }

  /// From and until when the device does nothing, since the begin of the overload.
  double stall_begin() const noexcept { return (seconds - stall) / 2; }
  double stall_end() const noexcept { return stall_begin() + stall; }

  friend bool operator==(const pressure_setting&, const pressure_setting&) = default;
};

// How a setting crosses the pipe to the process that runs it.
void to_json(nlohmann::ordered_json& to, const pressure_setting& from);
void from_json(const nlohmann::ordered_json& from, pressure_setting& to);

/// The same in what the clocks count.
inline std::chrono::steady_clock::duration clock_duration(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}

} // namespace shardbridge::bench
