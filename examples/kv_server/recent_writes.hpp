#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kv_server {

/// Which batch was the last to write a key, without knowing the keys: those whose hashes share a slot are taken for
/// one another, which makes a reader wait for a batch that it need not, and never the other way.
class recent_writes {
 public:
  void wrote(std::uint64_t hash, std::uint64_t batch) noexcept { last_[slot(hash)] = batch; }
  /// 0: none.
  [[nodiscard]] std::uint64_t last(std::uint64_t hash) const noexcept { return last_[slot(hash)]; }

 private:
  static constexpr std::size_t slots = 16384;
  static std::size_t slot(std::uint64_t hash) noexcept { return hash % slots; }

  std::array<std::uint64_t, slots> last_{};
};

} // namespace kv_server
