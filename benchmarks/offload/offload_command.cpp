#include "measuring_command.hpp"

namespace shardbridge::bench {
namespace {

constexpr const char* examples = R"(  shardbridge-bench offload
  shardbridge-bench offload --engine bridge,raw --depth 128 --seconds 5 --json results.json
  shardbridge-bench offload --rw mixed --verify --timeout 5ms --cancel 10 --engine bridge --depth 64
  shardbridge-bench offload --rate 50%,90% --depth 128 --engine bridge,raw,pool --pool-threads 16
  shardbridge-bench offload --file /data/large --block 128K,1M --rw read --depth 8
)";

} // namespace

void add_offload_command(CLI::App& app, action& chosen) {
  add_measuring_command(
      app, chosen,
      {.name = "offload",
       .description = "An Asio service with --depth coroutine clients reads or writes blocks of a file, engine by "
                      "engine in turn; a table with medians over the rounds on stdout.",
       .examples = examples,
       .defaults = {},
       .without = {}});
}

} // namespace shardbridge::bench
