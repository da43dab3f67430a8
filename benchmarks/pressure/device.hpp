#pragma once

#include "setting.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace shardbridge::bench {

/// What is read from in a run, and what becomes of it meanwhile.
///
/// Threads: one.
class run_device {
 public:
  virtual ~run_device() = default;

  virtual const std::string& path() const = 0;
  virtual std::uint64_t size() const = 0;

  /// From now on nothing completes, until let_go() is called. Of a device that can be stalled.
  virtual void hold() {}
  virtual void let_go() {}
};

/// The size of devices that are not real.
std::uint64_t throttled_size();

/// Throws bad_input with the reason where such a device cannot be had on this machine. Needs that the process has no
/// other threads.
void check_device(device_kind kind);

/// Call it before any thread is started: a throttle is for those that come later. Throws run_failure.
std::unique_ptr<run_device> make_device(const pressure_setting& what);

} // namespace shardbridge::bench
