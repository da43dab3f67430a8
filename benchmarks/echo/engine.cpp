#include "engine.hpp"

#include "../common/cpu_time.hpp"
#include "../common/cpus.hpp"
#include "../common/failure.hpp"
#include "../common/syscall_counter.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace shardbridge::bench {
namespace {

const std::array plans{
    echo_plan{"shard", &serve_by_shard},
    echo_plan{"shard-direct", &serve_by_shard_directly},
    echo_plan{"asio", &serve_by_asio},
};

/// Of this thread, the client's.
double thread_cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double others_cpu_seconds() {
  return process_cpu_seconds() - thread_cpu_seconds();
}

} // namespace

std::vector<echo_plan> plan_echo(const std::vector<std::string>& names) {
  std::vector<echo_plan> chosen;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(plans, name, &echo_plan::name);
    if (found == plans.end()) {
      std::string sentence = "--engine '" + name + "' is unknown; there are";
      for (const echo_plan& each : plans)
        sentence += ' ' + each.name;
      throw bad_input(sentence);
    }
    if (std::ranges::find(chosen, name, &echo_plan::name) == chosen.end()) chosen.push_back(*found);
  }
  return chosen;
}

echo_engine::echo_engine(std::unique_ptr<echo_server> server, const echo_setting& what, const echo_cpus& cpus)
    : server_(std::move(server)), cpus_(cpus), client_(server_->port(), what) {}

echo_round echo_engine::run_round(double seconds) {
  const on_cpus here({cpus_.client});
  echo_round round;
  const double before = others_cpu_seconds();
  round.seen = client_.run(seconds);
  round.server_cpu_seconds = others_cpu_seconds() - before;
  if (syscall_counter::obstacle().empty()) {
    const syscall_counter counter;
    const client_account counted = client_.run(std::min(seconds / 4, 0.25));
    round.system_calls = static_cast<double>(counter.count()) / static_cast<double>(counted.requests);
  }
  return round;
}

} // namespace shardbridge::bench
