#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/environment.hpp"
#include "../common/file_maker.hpp"
#include "../common/interrupt.hpp"
#include "../common/remark.hpp"
#include "../run_output.hpp"
#include "runner.hpp"
#include "sync_table.hpp"

#include <memory>

namespace shardbridge::bench {
namespace {

constexpr const char* footer = R"(
Engines:
  bridge          shardbridge: async_write_and_sync_data_at for each client, a write with a sync linked behind it
  bridge-grouped  shardbridge, group commit: what gathers while one commit is at the device is written together, one
                  vectored write for places side by side, and has one sync
  pool            an asio::thread_pool, one of each size of --pool-threads: pwrite and fdatasync for each client
  raw             a bare io_uring on one thread, in groups as bridge-grouped: the limit
  raw-linked      a bare io_uring on one thread, a write with a sync linked behind it for each client

Each client has a block of the file to itself and writes it again and again; the file is made for this, in TMPDIR, and
has been written before. At the end of a round the file is read to see whether it holds what every client wrote last.

Examples:
  shardbridge-bench sync
  shardbridge-bench sync --engine bridge-grouped,pool,raw --depth 32,128 --rounds 9
  shardbridge-bench sync --no-direct --block 512 --json sync.json
)";

nlohmann::ordered_json environment_of(const target_file& file) {
  auto environment = describe_environment(file);
  environment["interrupted"] = interrupted();
  return environment;
}

int run_command(const sync_texts& texts) {
  const sync_options options = parse_options(texts);
  const auto plans = plan_sync(options.engines, options.pool_threads);
  run_output output("sync", options);
  const target_file file = make_file({.size = options.file_size(),
                                      .block = options.base.block,
                                      .seed = options.base.seed,
                                      .direct = options.base.direct,
                                      .quiet = options.quiet});
  const auto say = [&](const std::string& sentence) { remark(options.quiet, sentence); };
  sync_outcome outcome = run_sync(options, plans, file, say);
  const sync_set results{environment_of(file), options.seconds, std::move(outcome.rows)};
  print_table(output.table(), results);
  output.write(results);
  return verdict(outcome.went_wrong);
}

} // namespace

void add_sync_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<sync_texts>();
  CLI::App& command =
      add_command(app, "sync",
                  "Clients that each write a block and have it durable (fdatasync) before they go on: writes a second, "
                  "latency and CPU, engine by engine in turn; a table with medians over the rounds on stdout.");
  add_engine_option(command, texts->engines, texts->engines_chosen);
  command.add_option("--depth", texts->depth, "Clients; comma-separated")->type_name("LIST");
  command.add_option("--pool-threads", texts->pool_threads, "Threads of pools; comma-separated")->type_name("LIST");
  command.add_option("--block", texts->block, "What each writes at once")->type_name("SIZE");
  add_direct_option(command, texts->direct);
  add_run_options(command, *texts);
  command.footer(footer);
  command.callback([texts, &chosen] { chosen = [texts] { return run_command(*texts); }; });
}

} // namespace shardbridge::bench
