#include "engine_plans.hpp"

#include "../common/failure.hpp"
#include "engines.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace shardbridge::bench {
namespace {

struct bridge_name {
  std::string_view name;
  bridge_manner manner;
};

constexpr std::array bridge_names{
    bridge_name{"bridge", bridge_manner::usual},
    bridge_name{"bridge-registered", bridge_manner::registered},
    bridge_name{"bridge-cached", bridge_manner::cached_reads},
    bridge_name{"bridge-nearest", bridge_manner::nearest},
    bridge_name{"bridge-each", bridge_manner::each},
    bridge_name{"bridge-sleeping", bridge_manner::sleeping},
    bridge_name{"bridge-threads", bridge_manner::threads},
};

engine_plan bridge_plan(const bridge_name& which) {
  return {.name = std::string(which.name),
          .pool_threads = {},
          .deadlines = true,
          .cancels = true,
          .threads_of_shards = which.manner == bridge_manner::nearest,
          .make = [manner = which.manner](const workload& what, block_ledger* ledger) {
            return make_bridge_engine(what, ledger, manner);
          }};
}

engine_plan raw_plan() {
  return {.name = "raw",
          .pool_threads = {},
          .deadlines = true,
          .cancels = false,
          .threads_of_shards = false,
          .make = make_raw_engine};
}

engine_plan pread_plan() {
  return {.name = "pread",
          .pool_threads = {},
          .deadlines = false,
          .cancels = false,
          .threads_of_shards = false,
          .make = make_pread_engine};
}

engine_plan pool_plan(unsigned threads) {
  return {.name = "pool",
          .pool_threads = threads,
          .deadlines = false,
          .cancels = false,
          .threads_of_shards = false,
          .make = [threads](const workload& what, block_ledger* ledger) {
            return make_pool_engine(what, ledger, threads);
          }};
}

engine_plan asio_file_plan(bool shared_object) {
  return {.name = shared_object ? "asio-file-shared" : "asio-file",
          .pool_threads = {},
          .deadlines = false,
          .cancels = false,
          .threads_of_shards = false,
          .make = [shared_object](const workload& what, block_ledger* ledger) {
            return make_asio_file_engine(what, ledger, shared_object);
          }};
}

engine_plan design_plan(const design_name& of) {
  return {.name = std::string(of.name),
          .pool_threads = {},
          .deadlines = false,
          .cancels = false,
          .threads_of_shards = false,
          .make = [which = of.which](const workload& what, block_ledger* ledger) {
            return make_reference_engine(what, ledger, which);
          }};
}

void add(std::vector<engine_plan>& plans, engine_plan plan) {
  const auto same = [&](const engine_plan& other) { return other.label() == plan.label(); };
  if (std::ranges::none_of(plans, same)) plans.push_back(std::move(plan));
}

} // namespace

std::vector<engine_plan> plan_engines(const offload_options& options) {
  std::vector<engine_plan> plans;
  for (const auto& name : options.engines) {
    if (const auto* const bridge = std::ranges::find(bridge_names, name, &bridge_name::name);
        bridge != bridge_names.end()) {
      if (bridge->manner == bridge_manner::cached_reads && options.base.direct)
        throw bad_input("--engine bridge-cached reads from the page cache: it needs --no-direct");
      add(plans, bridge_plan(*bridge));
    } else if (name == "pool") {
      for (const unsigned threads : options.pool_threads)
        add(plans, pool_plan(threads));
    } else if (name == "asio-file" || name == "asio-file-shared" || name == "asio-file-each") {
      if (name != "asio-file-each") add(plans, asio_file_plan(true));
      if (name != "asio-file-shared") add(plans, asio_file_plan(false));
    } else if (name == "raw") {
      add(plans, raw_plan());
    } else if (name == "pread") {
      add(plans, pread_plan());
    } else if (const auto* const made = std::ranges::find(design_names, name, &design_name::name);
               made != design_names.end()) {
      add(plans, design_plan(*made));
    } else {
      std::string known;
      for (const bridge_name& each : bridge_names)
        known += std::string(each.name) + ", ";
      for (const design_name& each : design_names)
        known += std::string(each.name) + ", ";
      throw bad_input("--engine '" + name + "' is unknown; there are " + known +
                      "pool, asio-file, asio-file-shared, asio-file-each, pread and raw");
    }
  }
  return plans;
}

} // namespace shardbridge::bench
