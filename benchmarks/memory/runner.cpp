#include "runner.hpp"

#include "../common/child_process.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../common/progress.hpp"

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;
using add_function = void (*)(memory_set&, const memory_request&, const std::vector<memory_state>&);

struct step {
  memory_request asked;
  add_function add;
};

std::vector<step> steps_of(const memory_options& options) {
  std::vector<step> all;
  for (const unsigned entries : {256U, 1024U, 4096U})
    for (const unsigned shards : {1U, 2U, 4U})
      all.push_back({{.what = "shards", .ring_entries = entries, .shards = shards}, add_shards});
  for (const char* what : {"no-ops", "reads", "calls"})
    for (const std::uint64_t count : {1024U, 16384U})
      all.push_back({{.what = what, .ring_entries = 1024, .shards = 1, .count = count}, add_things});
  all.push_back({{.what = "tasks", .ring_entries = 1024, .shards = 1, .count = 16384}, add_things});
  all.push_back({{.what = "stretches",
                  .ring_entries = 1024,
                  .shards = 1,
                  .count = options.operations,
                  .stretches = options.stretches},
                 add_stretches});
  return all;
}

std::vector<memory_state> states_of(const memory_request& asked) {
  child_process companion(beside_this_program(memory_companion_name), -1);
  companion.send(json(asked).dump());
  std::vector<memory_state> seen;
  while (true) {
    const json answer = json::parse(companion.receive());
    if (const auto failed = answer.find("failure"); failed != answer.end())
      throw run_failure("memory of " + asked.what + ": " + failed->get<std::string>());
    if (answer.contains("end")) return seen;
    seen.push_back({answer.at("state").get<std::string>(), answer.at("memory").get<memory_use>()});
  }
}

} // namespace

memory_set run_memory(const memory_options& options) {
  memory_set out;
  progress bar("measuring", options.quiet);
  const std::vector<step> steps = steps_of(options);
  for (std::size_t done = 0; done != steps.size() && !interrupted(); ++done) {
    const memory_request& asked = steps[done].asked;
    bar.update(static_cast<double>(done) / static_cast<double>(steps.size()), asked.what);
    steps[done].add(out, asked, states_of(asked));
  }
  return out;
}

} // namespace shardbridge::bench
