// The options of one operation, where several may say something: whoever initiates it, its handler, its file. Asked one
// by one and never copied into one: most name none or one, and options are a large thing to copy.
#pragma once

#include <shardbridge/detail/deadline.hpp>
#include <shardbridge/options.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <stop_token>

namespace shardbridge::detail {

/// For all who say nothing: to make one takes as long as all else that an initiating function does with options.
inline const op_options no_options{};

/// Refers to options that others keep for as long. What the first says that says anything goes.
class option_layers {
 public:
  /// `bound`: null for none.
  option_layers(const op_options& given, const op_options* bound, const op_options& defaults) noexcept
      : layers_{&given, bound, &defaults} {}

  /// See deadline_of(). Naming either of timeout and deadline overrides both.
  [[nodiscard]] std::int64_t deadline(std::chrono::nanoseconds fallback) const noexcept {
    return deadline_of(first([](const op_options& each) { return each.timeout || each.deadline; }), fallback);
  }
  [[nodiscard]] const std::stop_token& stop_token() const noexcept {
    return first([](const op_options& each) { return each.stop_token.stop_possible(); }).stop_token;
  }
  [[nodiscard]] shardbridge::priority priority() const noexcept {
    return first([](const op_options& each) { return each.priority.has_value(); }).priority.value_or(priority::normal);
  }
  /// Whose shard, placement and sequence count.
  [[nodiscard]] const op_options& placing() const noexcept { return first(&places); }
  [[nodiscard]] op_times* times() const noexcept {
    return first([](const op_options& each) { return each.times != nullptr; }).times;
  }
  [[nodiscard]] shardbridge::permit* permit() const noexcept {
    return first([](const op_options& each) { return each.permit != nullptr; }).permit;
  }

 private:
  static bool places(const op_options& each) noexcept {
    return each.shard || each.placement || each.sequence != nullptr;
  }
  /// The last, if none says anything.
  template <class Says>
  [[nodiscard]] const op_options& first(Says says) const noexcept {
    for (const op_options* const each : layers_)
      if (each != nullptr && says(*each)) return *each;
    return *layers_.back();
  }

  std::array<const op_options*, 3> layers_;
};

} // namespace shardbridge::detail
