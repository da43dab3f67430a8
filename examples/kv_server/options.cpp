#include "options.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <map>

namespace kv_server {
namespace {

void add_seconds(CLI::App& app, const std::string& name, std::chrono::nanoseconds& into, double least,
                 const std::string& help) {
  const auto take = [&into](const double& seconds) {
    into = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  };
  app.add_option_function<double>(name, take, help)
      ->check(CLI::Range(least, 86'400.0))
      ->default_str(std::to_string(into / std::chrono::seconds(1)))
      ->type_name("SECONDS");
}

template <class T>
void add_bytes(CLI::App& app, const std::string& name, T& into, std::size_t least, std::size_t most,
               const std::string& help) {
  app.add_option(name, into, help)->transform(CLI::AsSizeValue(false))->check(CLI::Range(least, most));
}

void add_options(CLI::App& app, options& out) {
  app.add_option("--data", out.data, "the folder of the data, made if it is not there")
      ->required()
      ->type_name("FOLDER");
  app.add_option("--address", out.address, "the address to listen on, IPv4 or IPv6; empty: none");
  app.add_option("--port", out.port, "the port; 0: any that is free, which is printed");
  app.add_option("--unix", out.unix_socket, "listen here too")->type_name("PATH");
  const std::map<std::string, network> networks{{"asio", network::asio}, {"shards", network::shards}};
  app.add_option("--network", out.network,
                 "what serves connections: asio, threads that reach the shards through a bridge; or shards, themselves")
      ->transform(CLI::CheckedTransformer(networks))
      ->default_str("asio")
      ->type_name("asio|shards");
  app.add_option("--threads", out.threads, "threads that serve connections with --network asio")
      ->check(CLI::Range(1, 1024));
  app.add_option("--shards", out.shards,
                 "shards, each with keys and a log of its own; a folder keeps the number that it was made with")
      ->check(CLI::Range(1, 1024));
  app.add_flag("--pin", out.pin, "pin each shard to a CPU, which pays where nothing else needs that CPU");
  const auto take_spin = [&out](const unsigned& us) { out.spin = std::chrono::microseconds(us); };
  app.add_option_function<unsigned>("--spin", take_spin, "microseconds to look for more before going to sleep")
      ->check(CLI::Range(0, 1'000'000))
      ->default_str("0");
  add_bytes(app, "--segment-bytes", out.segment_bytes, 4096, std::size_t{1} << 40, "of a file of the log, such as 64M");
  app.add_option("--garbage-ratio", out.garbage_ratio, "with more garbage in the log than this part, it is compacted")
      ->check(CLI::Range(0.05, 0.95));
  app.add_flag("--accept-damage", out.accept_damage, "start even where a log is damaged, without what is lost in it");
  add_bytes(app, "--max-key-bytes", out.max_key_bytes, 1, std::size_t{1} << 30, "of a key");
  add_bytes(app, "--max-value-bytes", out.max_value_bytes, 1, std::size_t{1} << 30, "of a value");
  app.add_option("--max-clients", out.max_clients, "connections at once; more are refused")
      ->check(CLI::Range(1, 1 << 20));
  add_seconds(app, "--idle-timeout", out.idle_timeout, 0, "how long a connection waits for a command; 0: for ever");
  add_seconds(app, "--send-timeout", out.send_timeout, 0.01, "how long a client may take for what it is sent at once");
  add_seconds(app, "--grace", out.grace, 0.01, "how long commands may go on after SIGTERM");
}

} // namespace

std::optional<options> parse_options(int argc, const char* const* argv) {
  options out;
  CLI::App app("Keeps keys and values in a log on the disk, and speaks the protocol of Redis.", "example_kv_server");
  app.option_defaults()->always_capture_default();
  app.footer("SIGTERM, SIGINT and SHUTDOWN stop it: what was asked for is done and answered, within --grace.\n"
             "Exit codes: 0 stopped so, 1 cannot serve, 2 bad options");
  add_options(app, out);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    app.exit(help);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw bad_option(std::string(error.what()) + " (see --help)");
  }
  if (out.address.empty() && out.unix_socket.empty()) throw bad_option("one of --address and --unix is needed");
  return out;
}

} // namespace kv_server
