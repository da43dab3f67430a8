#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/environment.hpp"
#include "../common/failure.hpp"
#include "../common/file_maker.hpp"
#include "../common/interrupt.hpp"
#include "../common/parse.hpp"
#include "../common/remark.hpp"
#include "../run_output.hpp"
#include "device.hpp"
#include "pressure_table.hpp"
#include "runner.hpp"

#include <memory>
#include <optional>

namespace shardbridge::bench {
namespace {

constexpr const char* footer = R"(
Engines:
  refuse  shardbridge, when_full::refuse: what finds no room is refused at once
  wait    shardbridge, when_full::wait: at most --max-waiters wait for room, what comes beyond is refused
  pool    asio::thread_pool of --pool-threads with pread, and its queue without bounds

Each engine runs in a process of its own: a warm-up with --max-ops outstanding, --base-load times what came of it for
--base-seconds, the overload, and at most --drain until all is answered. Producers offer operations as they fall due,
at random moments and whatever became of earlier ones. Every 100 ms memory, queue, counts, latency and level are
noted.

Devices:
  real       the file
  throttled  a block device in memory that the kernel holds to --device-rate, in slices of 100 ms, so latencies there
             are of that order; needs root and control groups
  stall      the same, and in the middle of the overload it does nothing for --stall

Examples:
  shardbridge-bench pressure
  shardbridge-bench pressure --engine refuse,pool --load 2 --max-ops 32 --seconds 20 --json pressure.json
  shardbridge-bench pressure --device stall --stall 3s --seconds 9 --rounds 1 --plot .
  shardbridge-bench pressure --file /data/large --rate 200000 --max-waiters 1024 --engine wait
)";

nlohmann::ordered_json environment_of(const pressure_options& options, const target_file* file) {
  auto environment = file != nullptr ? describe_environment(*file) : describe_environment();
  if (file == nullptr) {
    environment["file"] = "loop device of " + std::to_string(options.base.throttled_rate) + " operations a second";
    environment["temporary"] = true;
    environment["file_system"] = "none";
    environment["size"] = throttled_size();
  }
  environment["interrupted"] = interrupted();
  return environment;
}

std::optional<target_file> get_file(const pressure_options& options) {
  const pressure_setting& base = options.base;
  if (base.device != device_kind::real) {
    if (base.block > throttled_size() || base.block % 512 != 0)
      throw bad_input("--block " + std::to_string(base.block) + " does not suit a device of " +
                      size_text(throttled_size()) + " with sectors of 512 bytes");
    check_device(base.device);
    return {};
  }
  if (options.file.empty())
    return make_file(
        {.size = options.size, .block = base.block, .seed = base.seed, .direct = base.direct, .quiet = options.quiet});
  return check_file(options.file, {.block = base.block, .direct = base.direct, .write = false});
}

int run_command(const pressure_texts& texts) {
  const pressure_options options = parse_options(texts);
  run_output output("pressure", options);
  const std::optional<target_file> file = get_file(options);
  const target_file* const target = file ? &*file : nullptr;

  pressure_outcome outcome =
      run_all_pressure(options, target, [&](const std::string& sentence) { remark(options.quiet, sentence); });
  pressure_set results{environment_of(options, target), options.base, options.load, options.rounds,
                       std::move(outcome.rows)};
  results.what.device_rate = outcome.device_rate;
  results.what.overload_rate = outcome.overload_rate;
  print_table(output.table(), results);
  if (const auto sentence = conclusion(results); !sentence.empty()) output.table() << '\n' << sentence << '\n';
  output.write(results);
  return verdict(outcome.went_wrong);
}

void add_load_options(CLI::App& command, pressure_texts& texts) {
  command.add_option("--device", texts.device, "real, throttled or stall")->type_name("KIND");
  command.add_option("--device-rate", texts.device_rate, "Operations a second of a device that is not real")
      ->type_name("N");
  command.add_option("--stall", texts.stall, "How long --device stall does nothing")->type_name("TIME");
  command.add_option("--rate", texts.rate, "Operations offered a second, instead of --load")->type_name("N");
  command.add_option("--base-load", texts.base_load, "Offered before the overload, times what the engine does")
      ->type_name("X");
  command.add_option("--producers", texts.producers, "Clients that offer operations")->type_name("N");
  command.add_option("--client-threads", texts.client_threads, "Threads of the service")->type_name("N");
  command.add_option("--base-seconds", texts.base_seconds, "Length of the base load")->type_name("SECONDS");
  command.add_option("--drain", texts.drain, "After the overload, how long queues are worked off")
      ->type_name("SECONDS");
  command
      .add_option("--memory-limit", texts.memory_limit,
                  "Resident memory at which an overload ends early; by default 2G, at most a quarter of the machine's")
      ->type_name("SIZE");
}

void add_engine_options(CLI::App& command, pressure_texts& texts) {
  command.add_option("--max-ops", texts.max_ops, "bridge_options::max_ops")->type_name("N");
  command.add_option("--max-waiters", texts.max_waiters, "bridge_options::max_waiters, of wait")->type_name("N");
  command.add_option("--shards", texts.shards, "Shards of the bridge")->type_name("N");
  command.add_option("--pool-threads", texts.pool_threads, "Threads of the pool")->type_name("N");
  command.add_option("--file", texts.file, "An existing file; without it one is made and removed again")
      ->type_name("PATH");
  command.add_option("--block", texts.block, "Bytes an operation")->type_name("SIZE");
  add_direct_option(command, texts.direct);
}

} // namespace

void add_pressure_command(CLI::App& app, action& chosen) {
  const auto texts = std::make_shared<pressure_texts>();
  CLI::App& command = add_command(app, "pressure",
                                  "An Asio service is asked for more than its device can do, engine by engine in "
                                  "turn: what becomes of its memory, queues and latencies.");
  add_engine_option(command, texts->engines, texts->engines_chosen);
  CLI::Option* load =
      command.add_option("--load", texts->load, "Operations offered, times what the device does")->type_name("X");
  add_load_options(command, *texts);
  add_engine_options(command, *texts);
  CLI::Option* size = command.add_option("--size", texts->size, "Of the file made without --file")->type_name("SIZE");
  add_run_options(command, *texts, "the overload");
  command.add_option("--seed", texts->seed, "Of the choice of blocks and moments")->type_name("N");
  command.footer(footer);
  command.callback([texts, load, size, &chosen] {
    texts->load_chosen = load->count() != 0;
    texts->size_chosen = size->count() != 0;
    chosen = [texts] { return run_command(*texts); };
  });
}

} // namespace shardbridge::bench
