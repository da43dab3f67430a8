// Throttled devices are those of the tests: loop devices over memory, in a control group that bounds what this process
// reads from them. No disk takes part, so nobody else is slowed.

#include "device.hpp"

#include "../common/failure.hpp"

#include <throttled_device.hpp>

namespace shardbridge::bench {
namespace {

using fixtures::throttled_device;

class real_device final : public run_device {
 public:
  explicit real_device(const pressure_setting& what) : path_(what.path), size_(what.size) {}

  const std::string& path() const override { return path_; }
  std::uint64_t size() const override { return size_; }

 private:
  std::string path_;
  std::uint64_t size_;
};

class slow_device final : public run_device {
 public:
  explicit slow_device(const pressure_setting& what)
      : size_(throttled_device::size / what.block * what.block), bytes_per_second_(what.throttled_rate * what.block) {
    let_go();
  }

  const std::string& path() const override { return device_.path(); }
  std::uint64_t size() const override { return size_; }

  void hold() override { device_.stall_reads(1, second); }
  void let_go() override { device_.stall_reads(bytes_per_second_, second); }

 private:
  static constexpr std::chrono::milliseconds second{1000};

  throttled_device device_;
  std::uint64_t size_;
  std::uint64_t bytes_per_second_;
};

} // namespace

std::uint64_t throttled_size() {
  return throttled_device::size;
}

void check_device(device_kind kind) {
  if (kind == device_kind::real) return;
  if (const std::string& why = throttled_device::why_unavailable(); !why.empty())
    throw bad_input("--device " + std::string(to_string(kind)) +
                    " needs root and a control group for block devices: " + why);
}

std::unique_ptr<run_device> make_device(const pressure_setting& what) {
  if (what.device == device_kind::real) return std::make_unique<real_device>(what);
  try {
    return std::make_unique<slow_device>(what);
  } catch (const std::exception& reason) {
    throw run_failure(std::string("cannot make a throttled device: ") + reason.what());
  }
}

} // namespace shardbridge::bench
