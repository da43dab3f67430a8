// Which level of pressure a bridge is at: a pure function of the level before and of what is out now.
//
// Invariant: with nothing out the level is normal, whatever it was, since every mark is at least 1.
#pragma once

#include <shardbridge/options.hpp>
#include <shardbridge/pressure_level.hpp>

#include <cstdint>

namespace shardbridge::detail {

class pressure_marks {
 public:
  pressure_marks(std::uint64_t max_ops, std::uint64_t max_bytes, const watermarks& percent) noexcept
      : throttled_(max_ops, max_bytes, percent.throttled), suspended_(max_ops, max_bytes, percent.suspended) {}

  [[nodiscard]] pressure_level next(pressure_level before, std::uint64_t ops, std::uint64_t bytes) const noexcept {
    if (suspended_.holds(before == pressure_level::suspended, ops, bytes)) return pressure_level::suspended;
    if (throttled_.holds(before != pressure_level::normal, ops, bytes)) return pressure_level::throttled;
    return pressure_level::normal;
  }

 private:
  struct mark {
    mark(std::uint64_t max_ops, std::uint64_t max_bytes, const watermarks::mark& percent) noexcept
        : enter_ops(share(max_ops, percent.enter)), enter_bytes(share(max_bytes, percent.enter)),
          leave_ops(share(max_ops, percent.leave)), leave_bytes(share(max_bytes, percent.leave)) {}

    /// Rounded up, so that as many are at least so many percent.
    static std::uint64_t share(std::uint64_t of, unsigned percent) noexcept { return (of * percent + 99) / 100; }

    [[nodiscard]] bool holds(bool held, std::uint64_t ops, std::uint64_t bytes) const noexcept {
      return ops >= (held ? leave_ops : enter_ops) || bytes >= (held ? leave_bytes : enter_bytes);
    }

    std::uint64_t enter_ops, enter_bytes, leave_ops, leave_bytes;
  };

  mark throttled_, suspended_;
};

} // namespace shardbridge::detail
