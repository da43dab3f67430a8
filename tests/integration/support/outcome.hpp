// Goal: see what a handler was told, and that it was told once. Method: a record outside the handler, which only
// points to it; the record must outlive the operation.
#pragma once

#include "prelude.hpp"

namespace shardbridge::tests {

struct outcome {
  int calls = 0;
  error_code error;
  std::uint64_t value = 0; ///< bytes or size, if the handler is told any

  /// For any of void(error_code), void(error_code, size_t) and void(error_code, uint64_t).
  [[nodiscard]] auto handler() noexcept {
    return [this](error_code told, auto... values) {
      ++calls;
      error = told;
      ((value = values), ...);
    };
  }

  /// Answered once, without an error.
  [[nodiscard]] bool succeeded() const { return calls == 1 && !error; }
  /// Answered once, with this error.
  [[nodiscard]] bool failed_with(const error_code& expected) const { return calls == 1 && error == expected; }
};

/// How gtest shows one.
inline std::ostream& operator<<(std::ostream& out, const outcome& shown) {
  return out << shown.calls << " calls, " << shown.error.message() << ", value " << shown.value;
}

} // namespace shardbridge::tests
