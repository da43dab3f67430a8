#pragma once

#include "options.hpp"

#include <functional>
#include <string>

namespace kv_server {

/// Serves until SIGTERM, SIGINT or SHUTDOWN, and then until what was received is done and answered, `grace` is over or
/// another signal comes. `listening` is told where, with the port that is really used.
/// Throws bad_option; std::runtime_error or what is derived from it, with a sentence, where it cannot serve.
void serve(const options& with, const std::function<void(const std::string& where)>& listening);

} // namespace kv_server
