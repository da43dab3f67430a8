#include "engine.hpp"

#include "../common/block_format.hpp"
#include "../common/cpu_time.hpp"
#include "../common/failure.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <utility>

namespace shardbridge::bench {
namespace {

using fractional = std::chrono::duration<double>;

} // namespace

sync_engine::sync_engine(const sync_setting& what)
    : what_(what), buffers_(what.depth, what.block),
      file_(::open(what.path.c_str(), O_RDWR | O_CLOEXEC | (what.direct ? O_DIRECT : 0))) {
  if (file_.get() < 0) throw run_failure("cannot open the file: " + errno_text());
  for (unsigned i = 0; i != what.depth; ++i) {
    // Not zeroes, which some devices make short work of.
    fill_block(buffers_[i], i * what.block, what.seed, 1);
    clients_.emplace_back(shared_, i * what.block, buffers_[i]);
  }
}

sync_round sync_engine::run_round(double seconds) {
  for (auto& client : clients_)
    client.begin_round();
  syncs_ = 0;
  sync_round result;
  const double cpu_before = process_cpu_seconds();
  const auto begin = sync_clock::now();
  shared_.end = begin + std::chrono::duration_cast<sync_clock::duration>(fractional(seconds));
  run();
  result.seconds = fractional(sync_clock::now() - begin).count();
  result.cpu_seconds = process_cpu_seconds() - cpu_before;
  result.totals = std::exchange(shared_, {});
  result.syncs = syncs_;
  check(result.totals.went_wrong);
  return result;
}

void sync_engine::check(incidents& to) const {
  const buffer_set found(1, what_.block);
  for (const auto& client : clients_) {
    if (!client.durable()) continue;
    const auto into = found[0];
    const ssize_t n = ::pread(file_.get(), into.data(), into.size(), static_cast<off_t>(client.offset()));
    if (n == static_cast<ssize_t>(into.size()) && std::ranges::equal(into, client.buffer())) continue;
    ++to.wrong_blocks;
    to.note("the block at " + std::to_string(client.offset()) + " does not hold what was written last");
  }
}

std::vector<sync_plan> plan_sync(const std::vector<std::string>& names, const std::vector<unsigned>& pool_threads) {
  static const std::array alone{sync_plan{"bridge", {}, make_sync_bridge},
                                sync_plan{"bridge-grouped", {}, make_sync_bridge_grouped},
                                sync_plan{"raw", {}, make_sync_raw}, sync_plan{"raw-linked", {}, make_sync_raw_linked}};
  std::vector<sync_plan> plans;
  const auto add = [&](const sync_plan& plan) {
    if (std::ranges::find(plans, plan.label(), &sync_plan::label) == plans.end()) plans.push_back(plan);
  };
  for (const auto& name : names) {
    const auto known = std::ranges::find(alone, name, &sync_plan::name);
    if (known != alone.end())
      add(*known);
    else if (name == "pool")
      for (const unsigned threads : pool_threads)
        add({"pool", threads, [threads](const sync_setting& what) { return make_sync_pool(what, threads); }});
    else
      throw bad_input("--engine '" + name + "' is unknown; there are bridge, bridge-grouped, pool, raw and raw-linked");
  }
  return plans;
}

} // namespace shardbridge::bench
