#include "block_format.hpp"

#include "random.hpp"

#include <xxhash.h>

#include <cassert>
#include <cstring>

namespace shardbridge::bench {
namespace {

constexpr std::uint64_t block_magic = 0x6b636f6c62627273U;
constexpr std::size_t checksum_size = sizeof(std::uint64_t);

std::uint64_t checksum_of(std::span<const std::byte> block) {
  return XXH3_64bits(block.data() + checksum_size, block.size() - checksum_size);
}

} // namespace

void fill_block(std::span<std::byte> block, std::uint64_t offset, std::uint64_t seed, std::uint32_t version) {
  assert(block.size() >= verified_block_min);
  block_header header{.checksum = 0,
                      .magic = block_magic,
                      .offset = offset,
                      .seed = seed,
                      .version = version,
                      .length = static_cast<std::uint32_t>(block.size())};
  random_source random(mix(seed ^ offset) + version);
  for (std::size_t at = sizeof(header); at < block.size();) {
    const std::uint64_t word = random.next();
    const auto size = std::min(sizeof(word), block.size() - at);
    std::memcpy(block.data() + at, &word, size);
    at += size;
  }
  std::memcpy(block.data(), &header, sizeof(header));
  header.checksum = checksum_of(block);
  std::memcpy(block.data(), &header.checksum, checksum_size);
}

block_check check_block(std::span<const std::byte> block, std::uint64_t offset) {
  assert(block.size() >= verified_block_min);
  block_check check{};
  std::memcpy(&check.header, block.data(), sizeof(check.header));
  if (check.header.magic != block_magic)
    check.state = block_state::bad_magic;
  else if (check.header.length != block.size())
    check.state = block_state::bad_length;
  else if (check.header.checksum != checksum_of(block))
    check.state = block_state::bad_checksum;
  else if (check.header.offset != offset)
    check.state = block_state::bad_offset;
  else
    check.state = block_state::good;
  return check;
}

std::string describe(const block_check& check, std::uint64_t offset) {
  const std::string block = "the block at " + std::to_string(offset);
  switch (check.state) {
  case block_state::good:
    return block + " is good";
  case block_state::bad_magic:
    return block + " carries no header";
  case block_state::bad_length:
    return block + " was written as one of " + std::to_string(check.header.length) + " bytes";
  case block_state::bad_offset:
    return block + " says it belongs to " + std::to_string(check.header.offset);
  case block_state::bad_checksum:
    return block + " does not match its checksum";
  }
  return block;
}

} // namespace shardbridge::bench
