#pragma once

#include "device.hpp"

#include <exception>

namespace shardbridge::bench {

/// Lets a device stand still for a while in the middle of the overload, and go on whatever happens: what waits for a
/// device that stands still cannot even be killed.
///
/// Threads: one.
class stall {
 public:
  stall(run_device& device, const pressure_setting& what) : device_(device), what_(what) {}
  stall(const stall&) = delete;
  stall& operator=(const stall&) = delete;
  ~stall() {
    try {
      end();
    } catch (const std::exception&) {
      // The end of the device lifts its throttle as well.
    }
  }

  /// So many seconds after the begin of the overload.
  void at(double t) {
    if (what_.device != device_kind::stall) return;
    const bool wanted = t >= what_.stall_begin() && t < what_.stall_end();
    if (wanted == held_) return;
    wanted ? device_.hold() : device_.let_go();
    held_ = wanted;
  }

  void end() {
    if (held_) device_.let_go();
    held_ = false;
  }

 private:
  run_device& device_;
  const pressure_setting& what_;
  bool held_ = false;
};

} // namespace shardbridge::bench
