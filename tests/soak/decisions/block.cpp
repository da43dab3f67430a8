#include "block.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace shardbridge::soak {
namespace {

constexpr std::size_t words = block_bytes / sizeof(std::uint64_t);
using block_words = std::array<std::uint64_t, words>;

std::uint64_t stir(std::uint64_t value) {
  value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93;
  return value ^ (value >> 29);
}

std::uint64_t place_of(const stamp& what) {
  return std::uint64_t{what.file} << 32 | what.block;
}

std::uint64_t checksum(std::uint64_t place, std::uint64_t generation) {
  return stir(stir(place + 0x51) + generation);
}

block_words words_of(const stamp& what) {
  block_words out;
  out[0] = place_of(what);
  out[1] = what.generation;
  out[2] = checksum(out[0], out[1]);
  for (std::size_t each = 3; each < words; ++each)
    out[each] = stir(out[2] + each * 0x9e3779b97f4a7c15);
  return out;
}

std::string text_of(const stamp& what) {
  return "generation " + std::to_string(what.generation) + " of block " + std::to_string(what.block) + " of file " +
         std::to_string(what.file);
}

/// What the block says of itself.
std::string told_by(const block_words& seen) {
  if (checksum(seen[0], seen[1]) != seen[2]) return "a block without a valid head";
  return text_of({static_cast<std::uint32_t>(seen[0] >> 32), static_cast<std::uint32_t>(seen[0]), seen[1]});
}

} // namespace

void fill(std::span<std::byte, block_bytes> out, const stamp& what) {
  const block_words made = words_of(what);
  std::memcpy(out.data(), made.data(), block_bytes);
}

std::optional<std::string> fault_in(std::span<const std::byte, block_bytes> seen, std::span<const stamp> candidates) {
  std::vector<block_words> wanted;
  for (const stamp& each : candidates)
    wanted.push_back(words_of(each));
  std::size_t byte = 0;
  for (; byte < block_bytes; ++byte)
    if (std::ranges::none_of(wanted, [&](const block_words& each) {
          return reinterpret_cast<const std::byte*>(each.data())[byte] == seen[byte];
        }))
      break;
  if (byte == block_bytes) return std::nullopt;
  block_words read;
  std::memcpy(read.data(), seen.data(), block_bytes);
  std::string out = told_by(read) + " where " + text_of(candidates.front());
  if (candidates.size() > 1) out += " or one of " + std::to_string(candidates.size() - 1) + " failed writes";
  return out + " was expected; wrong from byte " + std::to_string(byte);
}

} // namespace shardbridge::soak
