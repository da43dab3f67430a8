#pragma once

#include "phase.hpp"

#include <shardbridge/options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace shardbridge::bench {

/// One read, from the moment it is offered until its end is handled. It owns its memory all that time, as a request of
/// a service does.
struct operation {
  std::span<std::byte> buffer;
  std::uint64_t offset = 0;
  phase in = phase::warm_up;                         ///< When it was offered.
  std::chrono::steady_clock::time_point intended{};  ///< When it fell due.
  std::chrono::steady_clock::time_point initiated{}; ///< When it was handed to the engine.
  op_times times{};                                  ///< What a bridge notes.

  /// When it was taken in: by a bridge with a permit, by a queue without bounds at once.
  std::chrono::steady_clock::time_point admitted() const noexcept {
    return times.admitted == decltype(times.admitted){} ? initiated : times.admitted;
  }
};

/// Who is told, on the service's threads, what became of an operation: one of these, once.
class operation_listener {
 public:
  virtual void completed(operation& what) = 0;
  virtual void refused(operation& what) = 0;   ///< For want of room.
  virtual void abandoned(operation& what) = 0; ///< Since the engine was told to give up.
  virtual void failed(operation& what, const std::string& why) = 0;

 protected:
  ~operation_listener() = default;
};

} // namespace shardbridge::bench
