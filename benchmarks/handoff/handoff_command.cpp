#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/environment.hpp"
#include "../common/interrupt.hpp"
#include "../common/remark.hpp"
#include "../common/syscall_counter.hpp"
#include "../run_output.hpp"
#include "handoff_table.hpp"
#include "runner.hpp"

#include <memory>

namespace shardbridge::bench {
namespace {

constexpr const char* footer = R"(
Engines:
  bridge   shardbridge: async_nop, by the whole way and through the shard's ring
  call     shardbridge: async_call of an empty function
  post     another io_context with one thread for each shard, asio::post there and back
  pool     an asio::thread_pool with a thread for each shard, asio::post there and back
  channel  as post, but by an asio::experimental::concurrent_channel each there and back

Designs of other systems, rebuilt small inside this program for comparison; none of them bounds what is outstanding,
watches deadlines or cancels, and they are measured only when they are named:
  design-wake-each     a thread with a ring of its own for each shard; an eventfd is written for every message, there
                       and back
  design-locked-queue  the same, behind queues with a mutex; an eventfd is written for what comes to an empty one
  design-shared-ring   one ring for each shard that the client threads share by a mutex, and a thread that takes what
                       completes and posts it to the clients

A producer is a client of the service that keeps its share of --depth outstanding, at least one operation: the next is
initiated by the handler of the last. Producers share the threads of one io_context, so how many threads initiate at
once is what --client-threads says. Handlers are plain function objects: coroutines would cost every engine the same on
top.

Every combination of --shards, --producers and --depth is measured with every engine.

Examples:
  shardbridge-bench handoff
  shardbridge-bench handoff --engine bridge,post --depth 1 --spin-us 0 --same-core
  shardbridge-bench handoff --engine bridge,design-wake-each,design-locked-queue,design-shared-ring --depth 1,32
  shardbridge-bench handoff --engine bridge --depth 1024 --producers 2,64 --client-threads 64 --json handoff.json
)";

nlohmann::ordered_json environment_of(const handoff_options& options) {
  auto environment = describe_environment();
  environment["client_threads"] = options.base.client_threads;
  environment["syscalls"] = syscall_counter::obstacle().empty() ? "counted" : syscall_counter::obstacle();
  environment["interrupted"] = interrupted();
  return environment;
}

int run_command(const handoff_texts& texts) {
  const handoff_options options = parse_options(texts);
  const auto plans = plan_handoff(options.engines);
  run_output output("handoff", options);
  const auto say = [&](const std::string& sentence) { remark(options.quiet, sentence); };
  if (const auto& obstacle = syscall_counter::obstacle(); !obstacle.empty())
    say("system calls are not counted: " + obstacle);

  handoff_outcome outcome = run_handoff(options, plans, say);
  const handoff_set results{environment_of(options), std::move(outcome.rows)};
  print_table(output.table(), results);
  output.write(results);
  return verdict(outcome.went_wrong);
}

} // namespace

void add_handoff_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<handoff_texts>();
  CLI::App& command = add_command(
      app, "handoff",
      "Hands over nothing to another thread and back: what the way itself takes, leg by leg, engine by engine "
      "in turn; tables with medians over the rounds on stdout.");
  add_engine_option(command, texts->engines, texts->engines_chosen);
  command.add_option("--depth", texts->depth, "Operations outstanding, of all producers; comma-separated")
      ->type_name("LIST");
  command.add_option("--producers", texts->producers, "Clients that share the depth; comma-separated")
      ->type_name("LIST");
  command.add_option("--shards", texts->shards, "Shards, or threads on the other side; comma-separated")
      ->type_name("LIST");
  command.add_option("--client-threads", texts->client_threads, "Threads the producers run on")->type_name("N");
  command
      .add_option("--spin-us", texts->spin_us,
                  "Microseconds that a bridge and its shards look again before they sleep, 0 never; without it as the "
                  "library does by itself")
      ->type_name("N");
  command.add_flag("--same-core", texts->same_core, "All threads on one CPU; without it clients and shards apart");
  add_run_options(command, *texts);
  command.footer(footer);
  command.callback([texts, &chosen] { chosen = [texts] { return run_command(*texts); }; });
}

} // namespace shardbridge::bench
