#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace shardbridge::bench {

/// A block that can tell whether it is the right one and in one piece: a header and a body that depends on all of it.
///
///     0  checksum   XXH3 of everything behind it
///     8  magic
///    16  offset     where in the file the block belongs
///    24  seed       of the run that wrote it
///    32  version    grows with each write of the block; the first is 1
///    36  length     of the block
///    40  body       pseudo-random, so that half an old and half a new block never add up
struct block_header {
  std::uint64_t checksum;
  std::uint64_t magic;
  std::uint64_t offset;
  std::uint64_t seed;
  std::uint32_t version;
  std::uint32_t length;
};
static_assert(sizeof(block_header) == 40);

/// The smallest block with a body worth the name.
inline constexpr std::size_t verified_block_min = 64;

void fill_block(std::span<std::byte> block, std::uint64_t offset, std::uint64_t seed, std::uint32_t version);

enum class block_state { good, bad_magic, bad_length, bad_offset, bad_checksum };

struct block_check {
  block_state state;
  block_header header;
};

/// Whether `block` is one that was written to `offset`, whole. Seed and version are the caller's to judge.
[[nodiscard]] block_check check_block(std::span<const std::byte> block, std::uint64_t offset);

/// "the block at 8192 says it belongs to 4096"
std::string describe(const block_check& check, std::uint64_t offset);

} // namespace shardbridge::bench
