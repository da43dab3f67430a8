// Runs one engine once, in a process of its own: see companion_protocol.hpp.

#include "../common/companion.hpp"
#include "../common/failure.hpp"
#include "../offload/engines.hpp"
#include "companion_protocol.hpp"
#include "run.hpp"

#include <nlohmann/json.hpp>

#include <poll.h>
#include <unistd.h>

#include <iostream>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

/// Whether the main program is gone: it says nothing more, so all that can come is the end.
bool deserted() {
  pollfd input{STDIN_FILENO, 0, 0};
  return ::poll(&input, 1, 0) == 1;
}

json run(const json& request) {
  const auto what = request.get<pressure_setting>();
  const auto tell = [](double share, const std::string& doing) { answer(json{{"share", share}, {"doing", doing}}); };
  return run_pressure(what, tell, deserted);
}

/// What the device does with as much in flight as a bridge admits: the plain loop of `offload`.
json measure(const json& request) {
  const auto what = request.get<pressure_setting>();
  workload as_offload;
  as_offload.path = what.path;
  as_offload.size = what.size;
  as_offload.block = what.block;
  as_offload.direct = what.direct;
  as_offload.seed = what.seed;
  as_offload.depth = what.max_ops;
  const auto raw = make_raw_engine(as_offload, nullptr);
  raw->run_round(what.settle_seconds() / 4);
  const round_result round = raw->run_round(what.settle_seconds());
  if (round.totals.errors != 0) throw run_failure(round.totals.messages.front());
  return round.iops();
}

void serve() {
  std::string line;
  if (!std::getline(std::cin, line)) return;
  const json request = json::parse(line);
  const auto measured = request.find("measure");
  answer(json{{"result", measured != request.end() ? measure(*measured) : run(request.at("run"))}});
}

} // namespace
} // namespace shardbridge::bench

int main() {
  return shardbridge::bench::run_companion(&shardbridge::bench::serve);
}
