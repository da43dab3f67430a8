#pragma once

#include "options.hpp"

#include <functional>
#include <string>

namespace http_file_server {

/// Serves until SIGTERM or SIGINT, and then until all responses on their way are sent, `grace` is over or a second
/// signal comes. `listening` is told the URL, with the port that is really used.
/// Throws bad_option for what is wrong with the root, std::runtime_error or std::system_error, with a sentence, where
/// it cannot serve.
void serve(const options& with, const std::function<void(const std::string& url)>& listening);

} // namespace http_file_server
