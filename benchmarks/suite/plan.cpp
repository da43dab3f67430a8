#include "plan.hpp"

#include "../common/failure.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace shardbridge::bench {
namespace {

struct measurement {
  const char* name;
  const char* question;
  std::vector<std::string> quick;
  double quick_seconds;
  std::vector<std::string> full;
  double full_seconds;
  std::vector<std::string> smoke; ///< Behind what is asked for in a quick run, over which it prevails.
};

/// Of commands on a file.
const std::vector<std::string> small_and_short{"--rounds", "1", "--seconds", "0.05", "--size", "16M"};
const std::vector<std::string> short_alone{"--rounds", "1", "--seconds", "0.05"};
constexpr double smoke_seconds = 1;

std::vector<measurement> measurements() {
  return {
      {"offload",
       "Random 4 KiB reads past the page cache: what a bridge brings to a service that reads files",
       {"offload", "--engine", "bridge,pool,raw", "--pool-threads", "16", "--rounds", "3", "--seconds", "0.25"},
       10,
       {"offload", "--rounds", "5"},
       120,
       small_and_short},
      {"one-file",
       "One file object and 128 reads of it at a time: a bridge beside Asio's own file",
       {"offload", "--engine", "bridge,asio-file-shared", "--depth", "128", "--size", "128M", "--rounds", "2",
        "--seconds", "0.2"},
       2,
       {"offload", "--engine", "bridge,asio-file-shared", "--depth", "128", "--rounds", "5", "--seconds", "0.5"},
       10,
       small_and_short},
      {"open-loop",
       "The same reads at half the rate that the bridge can do: how long each takes from when it was due",
       {"offload", "--rate", "50%", "--depth", "32", "--engine", "bridge,pool", "--pool-threads", "16", "--size",
        "128M", "--rounds", "1", "--seconds", "0.3"},
       3,
       {"offload", "--rate", "50%", "--depth", "32", "--engine", "bridge,raw,pool", "--pool-threads", "16", "--rounds",
        "5", "--seconds", "1"},
       25,
       small_and_short},
      {"cached",
       "Reads of 4 KiB that are in the page cache: through shards, by the clients themselves, and otherwise",
       {"cached", "--engine", "bridge,bridge-nearest,bridge-cached,raw,pool,pread", "--pool-threads", "4", "--depth",
        "1,32", "--rounds", "2", "--seconds", "0.1"},
       8,
       {"cached", "--rounds", "5", "--seconds", "0.5"},
       140,
       small_and_short},
      {"sequential",
       "Large pieces in sequence: what the device gives to several streams, and at what CPU time",
       {"sequential", "--engine", "bridge,raw,pool", "--pool-threads", "4", "--block", "128K", "--streams", "8",
        "--rounds", "2", "--seconds", "0.3"},
       4,
       {"sequential", "--engine", "bridge,raw,pool", "--pool-threads", "16", "--rounds", "5", "--seconds", "0.5"},
       75,
       small_and_short},
      {"sync",
       "Small writes, each durable before its client goes on: one by one, linked, and by group commit",
       {"sync", "--depth", "1,32", "--rounds", "2", "--seconds", "0.2"},
       7,
       {"sync", "--rounds", "5", "--seconds", "0.5"},
       65,
       short_alone},
      {"handoff",
       "Nothing handed to another thread and back: what the way itself takes",
       {"handoff", "--engine", "bridge,post", "--depth", "1,32,1024", "--producers", "1", "--rounds", "2", "--seconds",
        "0.3"},
       6,
       {"handoff", "--engine", "bridge,call,post,channel,design-wake-each,design-locked-queue,design-shared-ring",
        "--depth", "1,32,1024", "--rounds", "5", "--seconds", "0.4"},
       100,
       short_alone},
      {"wake",
       "Two threads that wake one another: what no library can save",
       {"wake", "--strategy", "spin,futex,eventfd-poll", "--rounds", "2", "--seconds", "0.2"},
       6,
       {"wake", "--rounds", "3", "--seconds", "0.3"},
       45,
       short_alone},
      {"scale",
       "Producers by shards: what a second shard brings, or a second thread of clients",
       {"scale", "--engine", "bridge-each,raw", "--depth", "32", "--rounds", "2", "--seconds", "0.15"},
       4,
       {"scale", "--engine", "bridge-each,raw,pool", "--rounds", "3", "--seconds", "0.5"},
       75,
       small_and_short},
      {"fairness",
       "Bridge traffic, files, sockets and busy tasks on one shard: what each gets alone, and what all together",
       {"fairness", "--rounds", "1", "--seconds", "0.3"},
       6,
       {"fairness", "--rounds", "3", "--seconds", "1"},
       60,
       small_and_short},
      {"memory",
       "What a shard, a bridge and an operation take of memory, and whether it stays so",
       {"memory", "--operations", "100000", "--stretches", "4"},
       3,
       {"memory", "--operations", "2000000"},
       45,
       {"--operations", "10000", "--stretches", "2"}},
      {"pressure",
       "More asked than the device can do: what becomes of memory and latency",
       {"pressure", "--engine", "refuse,pool", "--seconds", "1", "--base-seconds", "0.5", "--drain", "0.5", "--rounds",
        "1"},
       9,
       {"pressure"},
       120,
       {"--rounds", "1", "--seconds", "1.5", "--base-seconds", "0.1", "--drain", "0.2", "--size", "16M"}},
      {"echo",
       "Sockets on a shard beside Asio's: requests and answers over TCP",
       {"echo", "--engine", "shard,asio", "--rounds", "2", "--seconds", "0.5"},
       6,
       {"echo"},
       70,
       short_alone},
  };
}

} // namespace

suite_length parse_suite_length(std::string_view option, std::string_view text) {
  if (text == "smoke") return suite_length::smoke;
  if (text == "quick") return suite_length::quick;
  if (text == "full") return suite_length::full;
  throw bad_input(std::string(option) + " takes smoke, quick or full, not '" + std::string(text) + "'");
}

std::vector<suite_step> plan_suite(suite_length length) {
  std::vector<suite_step> steps;
  for (measurement& each : measurements()) {
    const bool full = length == suite_length::full;
    const bool smoke = length == suite_length::smoke;
    std::vector<std::string> arguments = std::move(full ? each.full : each.quick);
    if (smoke) arguments.insert(arguments.end(), each.smoke.begin(), each.smoke.end());
    steps.push_back({.name = each.name,
                     .question = each.question,
                     .arguments = std::move(arguments),
                     .seconds = full    ? each.full_seconds
                                : smoke ? smoke_seconds
                                        : each.quick_seconds});
  }
  return steps;
}

std::vector<suite_step> only(std::vector<suite_step> steps, std::string_view option,
                             const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (std::ranges::find(steps, name, &suite_step::name) == steps.end()) {
      std::string known;
      for (const suite_step& each : steps)
        known += (known.empty() ? "" : ", ") + each.name;
      throw bad_input(std::string(option) + " takes some of " + known + ", not '" + name + "'");
    }
  std::erase_if(steps, [&](const suite_step& each) { return std::ranges::find(names, each.name) == names.end(); });
  return steps;
}

double seconds_left(const std::vector<suite_step>& steps, std::size_t left, double elapsed) {
  const auto sum = [](auto from, auto to) {
    return std::accumulate(from, to, 0.0, [](double all, const suite_step& each) { return all + each.seconds; });
  };
  const auto next = steps.end() - static_cast<std::ptrdiff_t>(left);
  const double done = sum(steps.begin(), next);
  const double pace = done > 0 ? elapsed / done : 1;
  return sum(next, steps.end()) * pace;
}

} // namespace shardbridge::bench
