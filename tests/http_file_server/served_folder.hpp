// Goal: what tests with raw sockets have in common. Method: a folder with a file that is sent at once and one that no
// socket takes whole, a server that is started as a test says, and requests as text.
#pragma once

#include "server_run.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http_file_server {

using shardbridge::fixtures::make_pattern;
using shardbridge::fixtures::temporary_folder;

inline constexpr std::size_t large = 64 << 20; ///< more than sockets hold

struct served_folder : testing::Test {
  served_folder() {
    root.make_file("small", 10);
    make_large("large");
  }
  /// A file of zeros.
  void make_large(std::string_view name) const {
    std::ofstream(root.path() / name).close();
    std::filesystem::resize_file(root.path() / name, large);
  }
  const server_run& start(const std::vector<std::string>& arguments = {}, const std::function<bool()>& prepare = {}) {
    return server.emplace(root.path(), arguments, prepare);
  }

  temporary_folder root;
  std::optional<server_run> server;
};

inline std::string get(std::string_view target, std::string_view fields = "") {
  return std::string("GET ").append(target).append(" HTTP/1.1\r\nHost: h\r\n").append(fields).append("\r\n");
}

inline std::string status_of(const std::string& response) {
  return response.substr(0, response.find("\r\n"));
}

inline std::size_t count(std::string_view text, std::string_view what) {
  std::size_t out = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
    ++out;
  return out;
}

} // namespace http_file_server
