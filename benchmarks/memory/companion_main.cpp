// Is what `memory` looks at: see companion_protocol.hpp.

#include "../common/companion.hpp"
#include "companion_protocol.hpp"
#include "memory_group.hpp"
#include "scenes.hpp"

#include <malloc.h>

#include <fstream>
#include <iostream>
#include <map>
#include <string>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

memory_use memory_now(const memory_group& group) {
  ::malloc_trim(0);
  std::ifstream smaps("/proc/self/smaps");
  memory_use now = memory_from_smaps(smaps);
  now.kernel = group.kernel_bytes();
  return now;
}

void serve() {
  std::string line;
  if (!std::getline(std::cin, line)) return;
  const auto request = json::parse(line).get<memory_request>();
  static const std::map<std::string, void (*)(const memory_request&, const look&)> scenes{
      {"shards", look_at_shards}, {"no-ops", look_at_bridge}, {"reads", look_at_bridge},
      {"calls", look_at_bridge},  {"tasks", look_at_tasks},   {"stretches", look_at_stretches}};
  const memory_group group;
  scenes.at(request.what)(request, [&](const char* state) {
    answer(json{{"state", state}, {"memory", memory_now(group)}});
  });
  answer(json{{"end", true}});
}

} // namespace
} // namespace shardbridge::bench

int main() {
  return shardbridge::bench::run_companion(&shardbridge::bench::serve);
}
