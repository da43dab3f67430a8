#include "options.hpp"

#include "../common/cpus.hpp"
#include "../common/failure.hpp"
#include "../common/parse.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace shardbridge::bench {
namespace {

// Beyond these only memory and queueing time grow.
constexpr std::uint64_t max_ops_most = 65536;
constexpr std::uint64_t max_waiters_most = 1U << 20;
constexpr std::uint64_t rate_most = 100'000'000;

std::uint64_t physical_memory() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

double parse_factor(const std::string& option, const std::string& text, double most) {
  double factor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), factor);
  const std::string quoted = option + " '" + text + "' ";
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(factor))
    throw bad_input(quoted + "is not a number");
  if (factor <= 0) throw bad_input(quoted + "must be more than 0");
  if (factor > most) throw bad_input(quoted + "must be at most " + std::to_string(std::llround(most)));
  return factor;
}

unsigned parse_unsigned(const char* option, const std::string& text, std::uint64_t least, std::uint64_t most) {
  return static_cast<unsigned>(parse_count(option, text, least, most));
}

std::vector<pressure_kind> parse_engines(const std::string& text) {
  std::vector<pressure_kind> engines;
  for (const auto& name : split_list("--engine", text)) {
    const auto kind = parse_pressure_kind(name);
    if (std::ranges::find(engines, kind) == engines.end()) engines.push_back(kind);
  }
  return engines;
}

void parse_device(const pressure_texts& texts, pressure_options& options) {
  pressure_setting& base = options.base;
  base.device = parse_device_kind(texts.device);
  base.throttled_rate = parse_unsigned("--device-rate", texts.device_rate, 1, 1'000'000);
  base.block = parse_size("--block", texts.block);
  base.direct = texts.direct;
  options.file = texts.file;
  options.size = parse_size("--size", texts.size);
  if (base.device == device_kind::real) return;
  const std::string there = "--device " + texts.device;
  if (!texts.file.empty()) throw bad_input("--file goes with --device real; " + there + " has a device of its own");
  if (texts.size_chosen) throw bad_input("--size goes with --device real; " + there + " has a device of its own");
  if (!texts.direct) throw bad_input(there + " cannot go with --no-direct: what is cached never meets the device");
  if (base.device != device_kind::stall) return;
  base.stall = parse_seconds("--stall", texts.stall);
  if (base.stall >= base.seconds)
    throw bad_input("--stall '" + texts.stall + "' must be shorter than --seconds '" + texts.seconds + "'");
}

void parse_load(const pressure_texts& texts, pressure_options& options) {
  options.base.base_load = parse_factor("--base-load", texts.base_load, 1);
  if (texts.rate.empty()) {
    options.load = parse_factor("--load", texts.load, 1000);
    return;
  }
  if (texts.load_chosen) throw bad_input("--load and --rate both say how much is offered; give one of them");
  options.base.overload_rate = static_cast<double>(parse_count("--rate", texts.rate, 1, rate_most));
}

void check_memory(const pressure_options& options) {
  const pressure_setting& base = options.base;
  const std::uint64_t held = std::uint64_t{base.max_ops} + base.max_waiters;
  if (base.block > std::numeric_limits<unsigned>::max() / 2)
    throw bad_input("--block must be less than 2G: the kernel moves no more at once");
  if (base.block > base.memory_limit / 2 / held)
    throw bad_input("--max-ops and --max-waiters times --block come too near to --memory-limit (" +
                    size_text(base.memory_limit) + ")");
}

} // namespace

pressure_options parse_options(const pressure_texts& texts) {
  pressure_options options;
  options.engines = parse_engines(texts.engines);
  options.engines_chosen = texts.engines_chosen;
  parse_run(texts, options);

  pressure_setting& base = options.base;
  base.seconds = options.seconds;
  base.base_seconds = parse_seconds("--base-seconds", texts.base_seconds);
  base.drain_seconds = parse_seconds("--drain", texts.drain);
  base.max_ops = parse_unsigned("--max-ops", texts.max_ops, 1, max_ops_most);
  base.max_waiters = parse_unsigned("--max-waiters", texts.max_waiters, 0, max_waiters_most);
  base.shards = parse_unsigned("--shards", texts.shards, 1, shards_max());
  base.pool_threads = parse_unsigned("--pool-threads", texts.pool_threads, 1, 4096);
  base.client_threads = parse_unsigned("--client-threads", texts.client_threads, 1, 256);
  base.producers = parse_unsigned("--producers", texts.producers, 1, 4096);
  base.seed = parse_count("--seed", texts.seed, 0, std::numeric_limits<std::uint64_t>::max());
  base.memory_limit = texts.memory_limit.empty() ? std::min(std::uint64_t{2} << 30, physical_memory() / 4)
                                                 : parse_size("--memory-limit", texts.memory_limit);
  parse_load(texts, options);
  parse_device(texts, options);
  check_memory(options);
  return options;
}

} // namespace shardbridge::bench
