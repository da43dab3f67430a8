#pragma once

#include <cstdint>
#include <istream>
#include <optional>

namespace shardbridge::bench {

/// What a process takes, in bytes.
struct memory_use {
  std::int64_t own = 0;   ///< Resident, of the process alone: heap, and what its threads have touched of their stacks.
  std::int64_t rings = 0; ///< Resident, of io_urings: the kernel's, and mapped by the process.
  std::optional<std::int64_t> kernel; ///< Of the kernel's for the process, rings included; nothing: it is not known.

  /// As far as it is known, nothing twice.
  [[nodiscard]] std::int64_t together() const noexcept { return own + kernel.value_or(rings); }
};

memory_use operator-(const memory_use& after, const memory_use& before);
memory_use operator/(const memory_use& of, std::int64_t parts);

/// What /proc/<pid>/smaps says, which is exact; `kernel` is nothing. Throws run_failure.
memory_use memory_from_smaps(std::istream& smaps);

} // namespace shardbridge::bench
