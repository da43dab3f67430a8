// Goal: a block that was lost, written twice, torn or put elsewhere is seen when it is read. Method: every block says
// what it is, and every byte of it follows from that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace shardbridge::soak {

inline constexpr std::size_t block_bytes = 4096;

/// What a block is: the block of a file that it was written for, and the how many-eth writing it was.
struct stamp {
  std::uint32_t file = 0;
  std::uint32_t block = 0;
  std::uint64_t generation = 0;

  bool operator==(const stamp&) const = default;
};

/// Writes the block: file, block, generation, a checksum of the three, then bytes that follow from them.
void fill(std::span<std::byte, block_bytes> out, const stamp& what);

/// Why the block is not what was written, as a sentence; nothing if it is. With one candidate it must be that, with
/// several, each byte must be that of one: writes that failed halfway explain no more.
std::optional<std::string> fault_in(std::span<const std::byte, block_bytes> seen, std::span<const stamp> candidates);

} // namespace shardbridge::soak
