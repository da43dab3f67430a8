// A static file server on Boost.Beast and a bridge to shards: see README.md.
#include "options.hpp"
#include "server.hpp"

#include <csignal>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using namespace http_file_server;
  std::signal(SIGPIPE, SIG_IGN); // a log that goes to a pipe may lose its reader
  try {
    const std::optional<options> chosen = parse_options(argc, argv);
    if (!chosen) return 0;
    serve(*chosen, [](const std::string& url) { std::cout << "listening on " << url << std::endl; });
    return 0;
  } catch (const bad_option& problem) {
    std::cerr << "example_http_file_server: " << problem.what() << '\n';
    return 2;
  } catch (const std::exception& problem) {
    std::cerr << "example_http_file_server: " << problem.what() << '\n';
    return 1;
  }
}
