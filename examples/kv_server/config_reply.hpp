#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace kv_server {

/// A setting and its value, as CONFIG GET tells them.
using setting = std::pair<std::string_view, std::string>;

/// What CONFIG is answered. Only GET is there: nothing can be set.
[[nodiscard]] std::string config_reply(std::span<const std::string_view> words, std::span<const setting> all);

} // namespace kv_server
