#pragma once

#include <shardbridge/options.hpp>

#include <type_traits>

namespace shardbridge::detail {

/// Anything but options: where the token is left out for a default, `f(op_options{})` must not take them for one.
template <class Token>
concept completion_token = !std::is_same_v<std::remove_cvref_t<Token>, op_options>;

} // namespace shardbridge::detail
