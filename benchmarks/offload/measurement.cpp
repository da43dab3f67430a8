#include "measurement.hpp"

#include "../common/block_format.hpp"
#include "../common/environment.hpp"
#include "../common/failure.hpp"
#include "../common/file_maker.hpp"
#include "../common/interrupt.hpp"
#include "../common/memory.hpp"
#include "../common/parse.hpp"
#include "../common/remark.hpp"
#include "../common/syscall_counter.hpp"
#include "../results/table.hpp"
#include "../run_output.hpp"
#include "runner.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace shardbridge::bench {
namespace {

/// Whether a given file was made for --verify can only be told from its blocks.
void check_verifiable(const target_file& file, const offload_options& options) {
  if (!options.base.verify || file.temporary) return;
  const buffer_set memory(1, options.cases.front().block);
  const auto block = memory[0];
  if (::pread(file.descriptor.get(), block.data(), block.size(), 0) != static_cast<ssize_t>(block.size()))
    throw bad_input("cannot read the first block of '" + file.name + "': " + errno_text());
  const auto check = check_block(block, 0);
  if (check.state == block_state::bad_magic || check.state == block_state::bad_length)
    throw bad_input("'" + file.name + "' was not made for --verify with this --block: " + describe(check, 0));
}

void check_blocks(std::uint64_t size, const offload_options& options) {
  for (const load_case& each : options.cases) {
    const std::uint64_t blocks = size / each.block;
    if (options.base.own_parts && blocks < each.depth)
      throw bad_input("a file of " + size_text(size) + " has no block of " + size_text(each.block) + " for each of " +
                      std::to_string(each.depth) + " streams");
    // Clients choose blocks that nobody else uses; with fewer than that they would search for long.
    if (options.base.verify && writes(options.base.rw) && blocks < std::uint64_t{each.depth} * 2)
      throw bad_input("--verify while writing needs at least twice as many blocks as --depth " +
                      std::to_string(each.depth) + "; the file has " + std::to_string(blocks));
  }
}

target_file get_file(const offload_options& options) {
  const workload& base = options.base;
  std::vector<std::uint64_t> blocks;
  for (const load_case& each : options.cases)
    blocks.push_back(each.block);
  const std::uint64_t largest = std::ranges::max(blocks);
  if (options.file.empty()) {
    if (options.size >= largest) check_blocks(options.size, options);
    return make_file({.size = options.size,
                      .block = largest,
                      .seed = base.seed,
                      .direct = base.direct,
                      .quiet = options.quiet,
                      .other_blocks = blocks});
  }
  target_file file = check_file(options.file, {.block = largest, .direct = base.direct, .write = writes(base.rw)});
  for (const std::uint64_t block : blocks)
    if (base.direct) check_alignment(file.descriptor.get(), "'" + options.file + "'", block);
  check_blocks(file.size, options);
  check_verifiable(file, options);
  return file;
}

void remark_limits(const offload_options& options, const std::vector<engine_plan>& plans) {
  const auto without = [&](bool engine_plan::*ability, const std::string& consequence) {
    std::string names;
    const std::string* last = nullptr;
    for (const auto& plan : plans) {
      // The pools of all sizes stand side by side and are named once.
      if (plan.*ability || (last != nullptr && *last == plan.name)) continue;
      names += (last == nullptr ? "" : ", ") + plan.name;
      last = &plan.name;
    }
    if (last != nullptr) remark(options.quiet, names + ": " + consequence);
  };
  if (const auto& obstacle = syscall_counter::obstacle(); !obstacle.empty())
    remark(options.quiet, "system calls are not counted: " + obstacle);
  if (options.base.timeout) without(&engine_plan::deadlines, "no deadlines there, so these run without --timeout");
  if (options.base.cancel_percent != 0)
    without(&engine_plan::cancels, "nothing is cancelled there, so these run without --cancel");
}

nlohmann::ordered_json environment_of(const offload_options& options, const target_file& file) {
  auto environment = describe_environment(file);
  environment["seed"] = options.base.seed;
  environment["own_parts"] = options.base.own_parts;
  environment["verify"] = options.base.verify;
  environment["arrivals"] = !options.open_loop()                  ? nlohmann::ordered_json(nullptr)
                            : options.base.apart == spacing::even ? "fixed"
                                                                  : "poisson";
  environment["cached_percent"] = options.base.cached_percent ? nlohmann::ordered_json(*options.base.cached_percent)
                                                              : nlohmann::ordered_json(nullptr);
  environment["cancel_percent"] = options.base.cancel_percent;
  environment["timeout_us"] = options.base.timeout
                                  ? nlohmann::ordered_json(static_cast<double>(options.base.timeout->count()) / 1000)
                                  : nlohmann::ordered_json(nullptr);
  environment["timeout_mode"] = options.base.linked_timeouts ? "linked" : "timer";
  environment["syscalls"] = syscall_counter::obstacle().empty() ? "counted" : syscall_counter::obstacle();
  environment["interrupted"] = interrupted();
  return environment;
}

} // namespace

int run_measurement(const std::string& command, const offload_texts& texts) {
  const offload_options options = parse_options(texts);
  const auto plans = plan_engines(options);
  run_output output(command, options);
  const target_file file = get_file(options);
  remark_limits(options, plans);
  // Threads that are started from now on wake when an operation is due, not 50 us later.
  if (options.open_loop()) ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);

  run_outcome outcome =
      run_offload(options, plans, file, [&](const std::string& sentence) { remark(options.quiet, sentence); });
  const result_set results{environment_of(options, file), std::move(outcome.rows)};
  print_table(output.table(), results);
  output.write(results);
  return verdict(outcome.went_wrong);
}

} // namespace shardbridge::bench
