#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>

namespace shardbridge {

/// What became of a write and the sync that is linked behind it, each by itself.
struct synced_write {
  boost::system::error_code write; ///< none: all is written
  std::uint64_t bytes = 0;         ///< that were written; of a write that failed, before it did
  /// `operation_aborted`: it was not begun, because the write failed or somebody cancelled.
  boost::system::error_code sync;

  /// All was written, and is durable.
  [[nodiscard]] explicit operator bool() const noexcept { return !write && !sync; }
};

} // namespace shardbridge
