// Goal: see what a handler of an operation with an owned buffer was told, and what it was given. Method: as outcome,
// with the buffer.
#pragma once

#include "outcome.hpp"

#include <algorithm>
#include <span>

namespace shardbridge::tests {

struct lent_outcome : outcome {
  owned_buffer buffer;

  [[nodiscard]] auto handler() noexcept {
    return [this](error_code told, std::size_t bytes, owned_buffer given) {
      ++calls;
      error = told;
      value = bytes;
      buffer = std::move(given);
    };
  }
};

/// A buffer filled with `text`, of that size.
inline owned_buffer filled(buffer_pool& pool, std::string_view text) {
  owned_buffer out = pool.allocate(text.size());
  std::ranges::copy(std::as_bytes(std::span(text)), out.data());
  return out;
}
inline std::string_view text_of(const owned_buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.data()), buffer.size()};
}

} // namespace shardbridge::tests
