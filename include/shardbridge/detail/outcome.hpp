#pragma once

#include <exception>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>

namespace shardbridge::detail {

/// What a coroutine ended with: a value, a reference, nothing, or an exception.
template <class T>
class outcome {
 public:
  template <class... Value>
  void succeed(Value&&... value) {
    if constexpr (std::is_void_v<T>)
      state_.template emplace<1>();
    else
      state_.template emplace<1>(std::forward<Value>(value)...);
  }
  void fail(std::exception_ptr why) noexcept { state_.template emplace<2>(std::move(why)); }

  [[nodiscard]] bool known() const noexcept { return state_.index() != 0; }
  /// Null: it has not failed.
  [[nodiscard]] std::exception_ptr failure() const noexcept {
    const auto* const why = std::get_if<2>(&state_);
    return why != nullptr ? *why : nullptr;
  }
  /// Once, when it is known. Throws what it failed with.
  T take() {
    if (state_.index() == 2) std::rethrow_exception(std::get<2>(std::move(state_)));
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(std::get<1>(state_).get());
    else if constexpr (!std::is_void_v<T>)
      return std::get<1>(std::move(state_));
  }

 private:
  struct nothing {};
  using stored = std::conditional_t<
      std::is_void_v<T>, nothing,
      std::conditional_t<std::is_reference_v<T>, std::reference_wrapper<std::remove_reference_t<T>>, T>>;

  std::variant<std::monostate, stored, std::exception_ptr> state_;
};

} // namespace shardbridge::detail
