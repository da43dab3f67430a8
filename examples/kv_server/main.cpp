// A key-value server that speaks the protocol of Redis: the network on Asio, the storage on shards. See README.md.
#include "options.hpp"
#include "recovery.hpp"
#include "server.hpp"

#include <csignal>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using namespace kv_server;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const std::optional<options> chosen = parse_options(argc, argv);
    if (!chosen) return 0;
    serve(*chosen, [](const std::string& where) { std::cout << "listening on " << where << std::endl; });
    return 0;
  } catch (const bad_option& problem) {
    std::cerr << "example_kv_server: " << problem.what() << '\n';
    return 2;
  } catch (const damaged_log& problem) {
    std::cerr << "example_kv_server: " << problem.what()
              << ". Restore a copy, or start with --accept-damage to go on without what is lost there\n";
    return 1;
  } catch (const std::exception& problem) {
    std::cerr << "example_kv_server: " << problem.what() << '\n';
    return 1;
  }
}
