#include "../command.hpp"

#include "../common/block_format.hpp"
#include "../common/environment.hpp"
#include "../common/failure.hpp"
#include "../common/file_maker.hpp"
#include "../common/interrupt.hpp"
#include "../common/memory.hpp"
#include "../common/remark.hpp"
#include "../results/json_file.hpp"
#include "../results/table.hpp"
#include "runner.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

namespace shardbridge::bench {
namespace {

constexpr const char* examples = R"(
Engines:
  bridge     shardbridge: coroutines on an Asio thread_pool, a random_access_file on a bridge
             (bridge-registered: with registered buffers; bridge-cached: what is in the page cache is read by the clients themselves;
             bridge-nearest: each shard shares a CPU with its clients, one thread and one bridge a CPU;
             bridge-sleeping: who has nothing to do sleeps at once; bridge-threads: on the thread pool, as where
             io_uring is forbidden)
  pool       asio::thread_pool with pread and pwrite, one row for each --pool-threads
  asio-file  Boost's random_access_file on io_uring: one object for all clients, and one each
             (asio-file-shared and asio-file-each run only one of the two)
  raw        a plain liburing loop on one thread: the limit

Designs of other systems, rebuilt small inside this program for comparison; measured only when they are named, see
handoff --help: design-wake-each, design-locked-queue, design-shared-ring

Examples:
  shardbridge-bench offload
  shardbridge-bench offload --engine bridge,raw --depth 128 --seconds 5 --json results.json
  shardbridge-bench offload --rw mixed --verify --timeout 5ms --cancel 10 --engine bridge --depth 64
  shardbridge-bench offload --file /data/large --block 128K --rw read --depth 8
)";

/// Whether a given file was made for --verify can only be told from its blocks.
void check_verifiable(const target_file& file, const offload_options& options) {
  if (!options.base.verify || file.temporary) return;
  const buffer_set memory(1, options.base.block);
  const auto block = memory[0];
  if (::pread(file.descriptor.get(), block.data(), block.size(), 0) != static_cast<ssize_t>(block.size()))
    throw bad_input("cannot read the first block of '" + file.name + "': " + errno_text());
  const auto check = check_block(block, 0);
  if (check.state == block_state::bad_magic || check.state == block_state::bad_length)
    throw bad_input("'" + file.name + "' was not made for --verify with this --block: " + describe(check, 0));
}

void check_blocks(std::uint64_t size, const offload_options& options) {
  const auto depth = *std::ranges::max_element(options.depths);
  // Clients choose blocks that nobody else uses; with fewer than that they would search for long.
  if (options.base.verify && writes(options.base.rw) && size / options.base.block < std::uint64_t{depth} * 2)
    throw bad_input("--verify while writing needs at least twice as many blocks as --depth " + std::to_string(depth) +
                    "; the file has " + std::to_string(size / options.base.block));
}

target_file get_file(const offload_options& options) {
  const workload& base = options.base;
  if (options.file.empty()) {
    if (options.size >= base.block) check_blocks(options.size, options);
    return make_file(
        {.size = options.size, .block = base.block, .seed = base.seed, .direct = base.direct, .quiet = options.quiet});
  }
  target_file file = check_file(options.file, {.block = base.block, .direct = base.direct, .write = writes(base.rw)});
  check_blocks(file.size, options);
  check_verifiable(file, options);
  return file;
}

void remark_limits(const offload_options& options, const std::vector<engine_plan>& plans) {
  const auto without = [&](bool engine_plan::*ability, const std::string& consequence) {
    std::string names;
    const std::string* last = nullptr;
    for (const auto& plan : plans) {
      // The pools of all sizes stand side by side and are named once.
      if (plan.*ability || (last != nullptr && *last == plan.name)) continue;
      names += (last == nullptr ? "" : ", ") + plan.name;
      last = &plan.name;
    }
    if (last != nullptr) remark(options.quiet, names + ": " + consequence);
  };
  if (options.base.timeout) without(&engine_plan::deadlines, "no deadlines there, so these run without --timeout");
  if (options.base.cancel_percent != 0)
    without(&engine_plan::cancels, "nothing is cancelled there, so these run without --cancel");
}

nlohmann::ordered_json environment_of(const offload_options& options, const target_file& file) {
  auto environment = describe_environment();
  environment["file"] = file.name;
  environment["temporary"] = file.temporary;
  environment["file_system"] = file.file_system;
  environment["size"] = file.size;
  environment["seed"] = options.base.seed;
  environment["client_threads"] = options.base.client_threads;
  environment["verify"] = options.base.verify;
  environment["cached_percent"] = options.base.cached_percent ? nlohmann::ordered_json(*options.base.cached_percent)
                                                              : nlohmann::ordered_json(nullptr);
  environment["cancel_percent"] = options.base.cancel_percent;
  environment["timeout_us"] = options.base.timeout
                                  ? nlohmann::ordered_json(static_cast<double>(options.base.timeout->count()) / 1000)
                                  : nlohmann::ordered_json(nullptr);
  environment["timeout_mode"] = options.base.linked_timeouts ? "linked" : "timer";
  environment["interrupted"] = interrupted();
  return environment;
}

int run_command(const offload_texts& texts) {
  const offload_options options = parse_options(texts);
  const auto plans = plan_engines(options);
  std::optional<json_file> json;
  if (!options.json.empty()) json.emplace(options.json);
  const target_file file = get_file(options);
  remark_limits(options, plans);

  run_outcome outcome =
      run_offload(options, plans, file, [&](const std::string& sentence) { remark(options.quiet, sentence); });
  const result_set results{environment_of(options, file), std::move(outcome.rows)};
  print_table(options.json == "-" ? std::cerr : std::cout, results);
  if (json) json->write(results);
  return verdict(outcome.went_wrong);
}

} // namespace

void add_offload_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<offload_texts>();
  CLI::App* command = app.add_subcommand(
      "offload", "An Asio service with --depth coroutine clients reads or writes blocks of a file, engine by engine in "
                 "turn; a table with medians over the rounds on stdout.");
  command->option_defaults()->always_capture_default()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  CLI::Option* engines = command->add_option("--engine", texts->engines, "Engines, comma-separated")->type_name("LIST");
  command->add_option("--file", texts->file, "An existing file; without it one is made and removed again")
      ->type_name("PATH");
  command->add_flag("--allow-write", texts->allow_write, "Let a writing --rw overwrite the --file");
  command->add_option("--size", texts->size, "Of the file made without --file")->type_name("SIZE");
  command->add_option("--block", texts->block, "Bytes an operation")->type_name("SIZE");
  command->add_option("--depth", texts->depth, "Clients, so operations in flight; comma-separated")->type_name("LIST");
  command->add_flag("--direct,!--no-direct", texts->direct, "O_DIRECT, past the page cache (default), or through it");
  command->add_option("--cached", texts->cached, "Of the file in the page cache when a round begins, with --no-direct")
      ->type_name("PERCENT");
  command->add_option("--rw", texts->rw, "randread, randwrite, read, write (in sequence) or mixed (random, half each)")
      ->type_name("MODE");
  command->add_option("--seconds", texts->seconds, "Length of a round")->type_name("SECONDS");
  command->add_option("--rounds", texts->rounds, "Rounds for each engine and depth")->type_name("N");
  command->add_option("--shards", texts->shards, "Shards of the bridge")->type_name("N");
  command->add_option("--pool-threads", texts->pool_threads, "Sizes of the pool, comma-separated")->type_name("LIST");
  command->add_option("--client-threads", texts->client_threads, "Threads the clients run on")->type_name("N");
  command->add_option("--timeout", texts->timeout, "Deadline of each operation (bridge and raw), e.g. 50ms")
      ->type_name("TIME");
  command->add_option("--timeout-mode", texts->timeout_mode, "How the bridge watches it: linked or timer")
      ->type_name("MODE");
  command->add_option("--cancel", texts->cancel, "Share of operations cancelled at a random moment (bridge)")
      ->type_name("PERCENT");
  command->add_option("--json", texts->json, "Write the results there too; - is stdout, the table then goes to stderr")
      ->type_name("PATH");
  command->add_flag("--verify", texts->verify, "Check every block read, write blocks that can be checked");
  command->add_option("--seed", texts->seed, "Of the choice of blocks and their contents")->type_name("N");
  command->add_flag("--quiet", texts->quiet, "No progress and no remarks");
  command->footer(examples);
  command->callback([texts, engines, &chosen] {
    texts->engines_chosen = engines->count() != 0;
    chosen = [texts] { return run_command(*texts); };
  });
}

} // namespace shardbridge::bench
