#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace shardbridge::bench {

/// A memory control group for this process alone, so that what the kernel takes for it is counted apart. Where none can
/// be made (it takes root, as a rule), nothing is counted and nothing else is different.
///
/// Threads: one at a time.
class memory_group {
 public:
  memory_group();
  /// The process goes back to where it was.
  ~memory_group();
  memory_group(const memory_group&) = delete;
  memory_group& operator=(const memory_group&) = delete;

  /// Bytes of the kernel's memory for this process: rings, threads, tables of pages and descriptors.
  [[nodiscard]] std::optional<std::int64_t> kernel_bytes() const;

 private:
  bool enter(const std::filesystem::path& parent);

  std::filesystem::path home_;
  std::filesystem::path group_; ///< Empty: there is none.
};

} // namespace shardbridge::bench
