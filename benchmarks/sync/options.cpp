#include "options.hpp"

#include "../common/block_format.hpp"
#include "../common/failure.hpp"
#include "../common/parse.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr unsigned depth_max = 4096;
constexpr unsigned pool_threads_max = 1024;
constexpr std::uint64_t block_max = std::uint64_t{1} << 20;

} // namespace

std::uint64_t sync_options::file_size() const {
  return std::uint64_t{std::ranges::max(depths)} * base.block;
}

sync_options parse_options(const sync_texts& texts) {
  sync_options options;
  options.engines = split_list("--engine", texts.engines);
  options.engines_chosen = texts.engines_chosen;
  options.depths = parse_counts("--depth", texts.depth, depth_max);
  options.pool_threads = parse_counts("--pool-threads", texts.pool_threads, pool_threads_max);
  parse_run(texts, options);
  options.base.direct = texts.direct;
  options.base.block = parse_size("--block", texts.block);
  if (options.base.block < verified_block_min || options.base.block > block_max)
    throw bad_input("--block must be " + size_text(verified_block_min) + " to " + size_text(block_max));
  return options;
}

} // namespace shardbridge::bench
