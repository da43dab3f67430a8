// Settings of `offload` for questions that come often. They differ from it in their defaults, and in the options that
// would contradict the question.

#include "measuring_command.hpp"

#include "../common/cpus.hpp"

#include <string>

namespace shardbridge::bench {
namespace {

constexpr const char* cached_examples = R"(  shardbridge-bench cached
  shardbridge-bench cached --shards 1 --depth 32 --engine bridge,bridge-cached,pread
  shardbridge-bench cached --block 4K,64K --json cached.json

What is in the page cache is copied by whoever reads it, so one shard is one core's copying. pread is what a thread can
do that copies itself and hands nothing over: the limit of bridge-cached.
)";

constexpr const char* sequential_examples = R"(  shardbridge-bench sequential
  shardbridge-bench sequential --streams 8 --engine bridge,raw
  shardbridge-bench sequential --rw write --block 1M --file /data/large --allow-write

Each stream has a part of the file for itself and goes through it in order, from its end to its beginning again. (With
`offload --rw read` all clients share one place in the file instead.)
)";

constexpr const char* scale_examples = R"(  shardbridge-bench scale
  shardbridge-bench scale --producers 1,2,4 --shards 1,2,4 --depth 128
  shardbridge-bench scale --no-direct --cached 100 --engine bridge-each,raw

A producer is a client thread; with bridge-each it has a bridge of its own. Below the table stands what each engine gains
over its own first case. More threads than CPUs measure the scheduler: by default neither list goes beyond them.
)";

/// As many as tell something here.
std::string one_and_two() {
  return usable_cpus().size() < 2 ? "1" : "1,2";
}

} // namespace

void add_cached_command(CLI::App& app, action& chosen) {
  offload_texts defaults;
  defaults.engines = "bridge,bridge-nearest,bridge-cached,raw,pool,pread";
  defaults.direct = false;
  defaults.cached = "100";
  defaults.size = "128M";
  defaults.shards = one_and_two();
  defaults.client_threads = "";
  defaults.pool_threads = "2,4,16";
  add_measuring_command(app, chosen,
                        {.name = "cached",
                         .description =
                             "Reads blocks that are in the page cache, through one shard and through two, by "
                             "the clients themselves, and otherwise.",
                         .examples = cached_examples,
                         .defaults = defaults,
                         .without = {"--direct", "--rw", "--allow-write"}});
}

void add_sequential_command(CLI::App& app, action& chosen) {
  offload_texts defaults;
  defaults.block = "128K,1M";
  defaults.depth = "1,2,4,8";
  defaults.rw = "read";
  defaults.pool_threads = "4,16";
  defaults.own_parts = true;
  add_measuring_command(app, chosen,
                        {.name = "sequential",
                         .description = "Streams of large blocks: each client goes through a part of a file in order.",
                         .examples = sequential_examples,
                         .defaults = defaults,
                         .without = {"--cancel"}});
}

void add_scale_command(CLI::App& app, action& chosen) {
  offload_texts defaults;
  defaults.engines = "bridge,bridge-each,pool,raw";
  defaults.shards = one_and_two();
  defaults.client_threads = one_and_two();
  defaults.pool_threads = "16";
  add_measuring_command(
      app, chosen,
      {.name = "scale",
       .description = "Producers by shards: what a second shard brings, or a second thread of clients.",
       .examples = scale_examples,
       .defaults = defaults,
       .without = {"--cancel"}});
}

} // namespace shardbridge::bench
