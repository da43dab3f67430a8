#include "measuring_command.hpp"

#include "../command_options.hpp"
#include "measurement.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

namespace shardbridge::bench {
namespace {

constexpr const char* engines_help = R"(
Engines:
  bridge     shardbridge: coroutines on an Asio thread_pool, a random_access_file on a bridge
             (bridge-registered: with registered buffers; bridge-cached: what is in the page cache is read by the clients themselves;
             bridge-nearest: each shard shares a CPU with its clients, one thread and one bridge a CPU;
             bridge-each: each of the --client-threads has a bridge of its own;
             bridge-sleeping: who has nothing to do sleeps at once; bridge-threads: on the thread pool, as where
             io_uring is forbidden)
  pool       asio::thread_pool with pread and pwrite, one row for each --pool-threads
  asio-file  Boost's random_access_file on io_uring: one object for all clients, and one each
             (asio-file-shared and asio-file-each run only one of the two)
  pread      the clients' own threads call pread or pwrite, one operation a thread: the limit of bridge-cached
  raw        a plain liburing loop for each shard, on a thread with a ring of its own, several with a CPU each: the limit

Designs of other systems, rebuilt small inside this program for comparison; measured only when they are named, see
handoff --help: design-wake-each, design-locked-queue, design-shared-ring

With --rate operations fall due by a schedule, at most --depth are outstanding, and what has no room waits; latencies are
from when an operation was due. With pread no more than --client-threads are outstanding.

Where --block, --shards or --client-threads are lists, every combination is measured. In the table ~ stands for a ratio that
is not known: half the ranges of both sides together are more than 25 % and more than the medians differ by.

Examples:
)";

struct text_option {
  const char* name;
  std::string offload_texts::*value;
  const char* help;
  const char* type;
};

constexpr std::array text_options{
    text_option{"--file", &offload_texts::file, "An existing file; without it one is made and removed again", "PATH"},
    text_option{"--size", &offload_texts::size, "Of the file made without --file", "SIZE"},
    text_option{"--block", &offload_texts::block, "Bytes an operation; comma-separated", "LIST"},
    text_option{"--depth,--streams", &offload_texts::depth, "Clients, so operations in flight; comma-separated",
                "LIST"},
    text_option{
        "--rate", &offload_texts::rate,
        "Operations a second that fall due, over all clients, whatever becomes of them (an open loop), or as 50% of "
        "what the first engine does without; comma-separated",
        "LIST"},
    text_option{"--arrivals", &offload_texts::arrivals, "When they fall due with --rate: poisson or fixed", "MODE"},
    text_option{"--cached", &offload_texts::cached,
                "Of the file in the page cache when a round begins, with --no-direct", "PERCENT"},
    text_option{"--rw", &offload_texts::rw,
                "randread, randwrite, read, write (in sequence) or mixed (random, half each)", "MODE"},
    text_option{"--shards", &offload_texts::shards, "Shards of the bridge; comma-separated", "LIST"},
    text_option{"--pool-threads", &offload_texts::pool_threads, "Sizes of the pool, comma-separated", "LIST"},
    text_option{"--client-threads,--producers", &offload_texts::client_threads,
                "Threads the clients run on, comma-separated; empty: as many as shards", "LIST"},
    text_option{"--timeout", &offload_texts::timeout, "Deadline of each operation (bridge and raw), e.g. 50ms", "TIME"},
    text_option{"--timeout-mode", &offload_texts::timeout_mode, "How the bridge watches it: linked or timer", "MODE"},
    text_option{"--cancel", &offload_texts::cancel, "Share of operations cancelled at a random moment (bridge)",
                "PERCENT"},
    text_option{"--seed", &offload_texts::seed, "Of the choice of blocks and their contents", "N"},
};

struct flag_option {
  const char* name;
  bool offload_texts::*value;
  const char* help;
};

constexpr std::array flag_options{
    flag_option{"--allow-write", &offload_texts::allow_write, "Let a writing --rw overwrite the --file"},
    flag_option{"--verify", &offload_texts::verify, "Check every block read, write blocks that can be checked"},
};

} // namespace

void add_measuring_command(CLI::App& app, action& chosen, const measuring_command& what) {
  const auto texts = std::make_shared<offload_texts>(what.defaults);
  CLI::App& command = add_command(app, what.name, what.description);
  const auto left_out = [&](std::string_view names) {
    return std::ranges::find(what.without, names.substr(0, names.find(','))) != what.without.end();
  };
  add_engine_option(command, texts->engines, texts->engines_chosen);
  for (const text_option& each : text_options)
    if (!left_out(each.name)) command.add_option(each.name, (*texts).*each.value, each.help)->type_name(each.type);
  for (const flag_option& each : flag_options)
    if (!left_out(each.name)) command.add_flag(each.name, (*texts).*each.value, each.help);
  if (!left_out("--direct")) add_direct_option(command, texts->direct);
  add_run_options(command, *texts);
  command.footer(std::string(engines_help) + what.examples);
  command.callback([texts, &chosen, name = std::string(what.name)] {
    chosen = [texts, name] { return run_measurement(name, *texts); };
  });
}

} // namespace shardbridge::bench
