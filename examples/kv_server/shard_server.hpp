#pragma once

#include "options.hpp"

#include <functional>
#include <string>

namespace kv_server {

/// As serve(), with the network on the shards too: each listens at the same address, and works on keys of others by
/// calling their shards.
void serve_on_shards(const options& with, const std::function<void(const std::string& where)>& listening);

} // namespace kv_server
