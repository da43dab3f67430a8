#include "options.hpp"

#include "../common/block_format.hpp"
#include "../common/cpus.hpp"
#include "../common/failure.hpp"
#include "../common/parse.hpp"

#include <unistd.h>

#include <algorithm>
#include <limits>

namespace shardbridge::bench {
namespace {

constexpr unsigned depth_max = 16384; // buffers that one ring can register
constexpr unsigned client_threads_max = 256;

void check_memory(const offload_options& options) {
  const auto memory =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  // Each engine has buffers of its own, and there are a handful of engines.
  for (const load_case& each : options.cases)
    if (each.block > memory / 16 / each.depth)
      throw bad_input("--depth " + std::to_string(each.depth) + " times --block " + size_text(each.block) +
                      " is too much for the memory of this machine (" + size_text(memory) + ")");
}

/// Blocks that can be checked say how long they are, so a file has one length of them.
void check_verified(const std::vector<std::uint64_t>& blocks) {
  if (blocks.size() != 1) throw bad_input("--verify needs one --block: the file's blocks are checked as a whole");
  if (blocks.front() < verified_block_min)
    throw bad_input("--verify needs a --block of at least " + std::to_string(verified_block_min) + " bytes");
}

void check_together(const offload_options& options, const offload_texts& texts) {
  check_memory(options);
  const auto any = [&](auto wrong) { return std::ranges::any_of(options.cases, wrong); };
  if (any([](const load_case& each) { return each.block > std::numeric_limits<unsigned>::max() / 2; }))
    throw bad_input("--block '" + texts.block + "' must be less than 2G: the kernel moves no more at once");
  if (options.base.own_parts && !sequential(options.base.rw))
    throw bad_input("--rw " + std::string(to_string(options.base.rw)) +
                    " has no streams: only read and write are in sequence");
  if (options.base.cached_percent && options.base.direct)
    throw bad_input("--cached is about the page cache: it needs --no-direct");
  if (options.base.cancel_percent != 0 && any([](const load_case& each) { return each.client_threads != 1; }))
    throw bad_input("--cancel needs --client-threads 1: a cancellation signal belongs to one thread");
  if (!options.file.empty() && writes(options.base.rw) && !options.allow_write)
    throw bad_input("--rw " + std::string(to_string(options.base.rw)) + " would destroy what is in '" + options.file +
                    "'; say --allow-write if that is meant");
}

} // namespace

offload_options parse_options(const offload_texts& texts) {
  offload_options options;
  options.engines = split_list("--engine", texts.engines);
  options.engines_chosen = texts.engines_chosen;
  options.file = texts.file;
  options.allow_write = texts.allow_write;
  options.size = parse_size("--size", texts.size);
  options.pool_threads = parse_counts("--pool-threads", texts.pool_threads, 4096);
  parse_run(texts, options);

  workload& base = options.base;
  base.rw = parse_rw_mode("--rw", texts.rw);
  base.direct = texts.direct;
  base.own_parts = texts.own_parts;
  base.verify = texts.verify;
  base.seed = parse_count("--seed", texts.seed, 0, std::numeric_limits<std::uint64_t>::max());
  if (!texts.cached.empty()) base.cached_percent = static_cast<unsigned>(parse_count("--cached", texts.cached, 0, 100));
  if (!texts.timeout.empty()) base.timeout = parse_duration("--timeout", texts.timeout);
  if (texts.timeout_mode != "linked" && texts.timeout_mode != "timer")
    throw bad_input("--timeout-mode '" + texts.timeout_mode + "' is neither linked nor timer");
  if (texts.arrivals != "poisson" && texts.arrivals != "fixed")
    throw bad_input("--arrivals '" + texts.arrivals + "' is neither poisson nor fixed");
  base.apart = texts.arrivals == "fixed" ? spacing::even : spacing::random;
  base.rate_seed = base.seed;
  base.linked_timeouts = texts.timeout_mode == "linked";
  base.cancel_percent = static_cast<unsigned>(parse_count("--cancel", texts.cancel, 0, 100));

  const auto blocks = parse_sizes("--block", texts.block);
  if (base.verify) check_verified(blocks);
  options.cases =
      combine(blocks, parse_counts("--shards", texts.shards, static_cast<unsigned>(shards_max())),
              texts.client_threads.empty() ? std::vector<unsigned>()
                                           : parse_counts("--client-threads", texts.client_threads, client_threads_max),
              parse_counts("--depth", texts.depth, depth_max), parse_rates("--rate", texts.rate));
  check_together(options, texts);
  return options;
}

} // namespace shardbridge::bench
