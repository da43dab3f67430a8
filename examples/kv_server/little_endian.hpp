// Numbers as they stand in files.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <string>

namespace kv_server {

static_assert(std::endian::native == std::endian::little, "files are little-endian, and so must be the machine");

template <std::unsigned_integral T>
void append_number(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <std::unsigned_integral T>
[[nodiscard]] T read_number(const char* at) noexcept {
  T out;
  std::memcpy(&out, at, sizeof out);
  return out;
}

template <std::unsigned_integral T>
void write_number(char* at, T value) noexcept {
  std::memcpy(at, &value, sizeof value);
}

} // namespace kv_server
