#pragma once

#include "../common/incidents.hpp"

#include <shardbridge/latency_histogram.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace shardbridge::bench {

using sync_clock = std::chrono::steady_clock;

/// What the clients of one engine share.
struct sync_load {
  sync_clock::time_point end{}; ///< Of the round; written while no client runs.
  std::uint64_t operations = 0; ///< Writes that became durable.
  latency_histogram latency;    ///< From the beginning of the write until the client is told that it is durable.
  incidents went_wrong;
};

/// Writes one block again and again, each time with something new, and begins the next when the last is durable. The
/// same for all engines, so that they differ in nothing but the engine.
///
/// Threads: all clients of an engine on one.
class sync_client {
 public:
  /// `buffer` holds what has not been written yet; it stays the caller's.
  sync_client(sync_load& shared, std::uint64_t offset, std::span<std::byte> buffer) noexcept
      : shared_(shared), offset_(offset), buffer_(buffer) {}

  void begin_round() noexcept { durable_ = false; }

  /// Begins the next write; false when the round is over.
  [[nodiscard]] bool next();

  std::uint64_t offset() const noexcept { return offset_; }
  std::span<std::byte> buffer() const noexcept { return buffer_; }

  // Exactly one of these ends the write that next() began.
  void completed();
  void failed(const std::string& why);

  /// Whether the file must hold buffer() at offset().
  bool durable() const noexcept { return durable_; }

 private:
  sync_load& shared_;
  std::uint64_t offset_;
  std::span<std::byte> buffer_;
  std::uint64_t version_ = 0;
  bool durable_ = false;
  sync_clock::time_point begun_{};
  sync_clock::time_point last_{};
};

} // namespace shardbridge::bench
