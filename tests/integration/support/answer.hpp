#pragma once

#include "service.hpp"

namespace shardbridge::tests {

/// No error for none. What is not a boost::system::system_error is thrown on.
inline error_code code_of(const std::exception_ptr& failure) {
  if (!failure) return {};
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& failed) {
    return failed.code();
  }
}

/// What a call of a function or a task told its handler.
template <class Result = void>
struct answer {
  int calls = 0;
  std::exception_ptr failure;
  Result value{};

  auto handler() {
    return [this](std::exception_ptr told, Result result) {
      ++calls;
      failure = std::move(told);
      value = std::move(result);
    };
  }
};
template <>
struct answer<void> {
  int calls = 0;
  std::exception_ptr failure;

  auto handler() {
    return [this](std::exception_ptr told) {
      ++calls;
      failure = std::move(told);
    };
  }
};

} // namespace shardbridge::tests
