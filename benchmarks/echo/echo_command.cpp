#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/environment.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../common/remark.hpp"
#include "../common/syscall_counter.hpp"
#include "../run_output.hpp"
#include "echo_table.hpp"
#include "runner.hpp"

#include <memory>

namespace shardbridge::bench {
namespace {

constexpr const char* footer = R"(
Engines, each a server on one thread that answers what it is sent:
  shard         shardbridge: tasks on a shard, which receive into the shard's memory
  shard-direct  the same, into memory of each connection's own
  asio          Boost.Asio on epoll: async_read_some and async_write with callbacks

Examples:
  shardbridge-bench echo
  shardbridge-bench echo --pipeline 1 --connections 10,100,1000 --rounds 9
  shardbridge-bench echo --engine shard,asio --bytes 4K --pipeline 8 --json echo.json
)";

nlohmann::ordered_json environment_of() {
  auto environment = describe_environment();
  environment["syscalls"] = syscall_counter::obstacle().empty() ? "counted" : syscall_counter::obstacle();
  environment["interrupted"] = interrupted();
  return environment;
}

int run_command(const echo_texts& texts) {
  const echo_options options = parse_options(texts);
  const auto plans = plan_echo(options.engines);
  run_output output("echo", options);
  const auto say = [&](const std::string& sentence) { remark(options.quiet, sentence); };
  if (const auto& obstacle = syscall_counter::obstacle(); !obstacle.empty())
    say("system calls are not counted: " + obstacle);

  std::vector<echo_row> rows = run_echo(options, plans, say);
  const echo_set results{environment_of(), options.seconds, std::move(rows)};
  print_table(output.table(), results);
  output.write(results);
  return static_cast<int>(interrupted() ? exit_code::interrupted : exit_code::ok);
}

} // namespace

void add_echo_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<echo_texts>();
  CLI::App& command = add_command(
      app, "echo",
      "Servers on one core answer what clients on another send over TCP: requests a second, round trips, CPU "
      "and system calls, engine by engine in turn; a table with medians over the rounds on stdout.");
  add_engine_option(command, texts->engines, texts->engines_chosen);
  command.add_option("--connections", texts->connections, "Connections; comma-separated")->type_name("LIST");
  command
      .add_option("--pipeline", texts->pipeline, "Requests that each has outstanding, sent together; comma-separated")
      ->type_name("LIST");
  command.add_option("--bytes", texts->bytes, "Size of a request, and of its answer")->type_name("SIZE");
  add_run_options(command, *texts);
  command.footer(footer);
  command.callback([texts, &chosen] { chosen = [texts] { return run_command(*texts); }; });
}

} // namespace shardbridge::bench
