#include "options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <thread>

namespace http_file_server {
namespace {

void add_seconds(CLI::App& app, const std::string& name, std::chrono::nanoseconds& into, const std::string& help) {
  const auto take = [&into](const double& seconds) {
    into = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  };
  app.add_option_function<double>(name, take, help)
      ->check(CLI::Range(0.01, 86'400.0))
      ->default_str(std::to_string(into / std::chrono::seconds(1)))
      ->type_name("SECONDS");
}

void add_options(CLI::App& app, options& out) {
  const std::map<std::string, engine> engines{{"bridge", engine::bridge}, {"pool", engine::pool}};
  app.add_option("--root", out.root, "the folder to serve")->required()->type_name("FOLDER");
  app.add_option("--address", out.address, "the address to listen on, IPv4 or IPv6");
  app.add_option("--port", out.port, "the port; 0: any that is free, which is printed");
  app.add_option("--threads", out.threads, "threads that serve connections; default: the CPUs")
      ->check(CLI::Range(1, 1024));
  app.add_option("--engine", out.engine, "what reads files: bridge, or pool (threads with pread)")
      ->transform(CLI::CheckedTransformer(engines));
  app.add_option("--shards", out.shards, "shards that read; default: the CPUs")->check(CLI::Range(1, 1024));
  app.add_flag("--pin", out.pin, "pin each shard to a CPU, which pays where nothing else needs that CPU");
  app.add_option("--pool-threads", out.pool_threads, "threads of the pool")->check(CLI::Range(1, 1024));
  app.add_flag("--direct", out.direct, "bypass the page cache (O_DIRECT)");
  app.add_option("--max-ops", out.max_ops, "reads and opens of one thread at once")->check(CLI::Range(1, 1 << 20));
  app.add_option("--max-bytes", out.max_bytes, "bytes of its reads at once, such as 64M")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::size_t{64} << 10, std::size_t{1} << 39));
  app.add_option("--buffer-bytes", out.buffer_bytes, "memory for what is on its way from files to clients")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::size_t{64} << 10, std::size_t{1} << 39));
  const auto take_spin = [&out](const unsigned& us) { out.spin = std::chrono::microseconds(us); };
  app.add_option_function<unsigned>("--spin", take_spin, "microseconds to look for more before going to sleep")
      ->check(CLI::Range(0, 1'000'000))
      ->default_str("0");
  app.add_option("--access-log", out.access_log, "append to this file; -: standard output")->type_name("FILE");
  app.add_option("--max-connections", out.max_connections, "connections at once; more wait to be accepted")
      ->check(CLI::Range(1, 1 << 20));
  app.add_option("--max-header", out.max_header_bytes, "bytes of a request's header, and read ahead of a connection")
      ->check(CLI::Range(256, 1 << 20));
  app.add_option("--max-pipelined", out.max_pipelined, "requests of a connection in a row that wait for no response")
      ->check(CLI::Range(1, 1 << 20));
  add_seconds(app, "--idle-timeout", out.idle_timeout, "how long a connection waits for its next request");
  add_seconds(app, "--header-timeout", out.header_timeout, "how long a request's header may take");
  add_seconds(app, "--send-timeout", out.send_timeout, "how long a client may take for 64 KiB");
  add_seconds(app, "--read-timeout", out.read_timeout, "how long a read or an open may take");
  add_seconds(app, "--grace", out.grace, "how long responses may go on after SIGTERM");
  app.add_option("--retry-after", out.retry_after, "seconds, told to clients with 503")->check(CLI::Range(0, 86'400));
}

} // namespace

std::optional<options> parse_options(int argc, const char* const* argv) {
  options out;
  out.threads = out.shards = std::max(1U, std::thread::hardware_concurrency());
  CLI::App app("Serves the files of a folder by HTTP/1.1, and its own numbers at /metrics.",
               "example_http_file_server");
  app.option_defaults()->always_capture_default();
  app.footer("SIGTERM and SIGINT stop it: responses on their way are finished, within --grace.\n"
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
  return out;
}

} // namespace http_file_server
