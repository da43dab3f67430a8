#include "runner.hpp"

#include "../common/cpus.hpp"
#include "../common/interrupt.hpp"
#include "../common/progress.hpp"
#include "wake_summary.hpp"

#include <utility>

namespace shardbridge::bench {
namespace {

struct cell {
  const strategy* what;
  wake_state state;
  wake_core core;
  std::vector<wake_sample> samples;
  std::string unavailable;

  bool runs() const { return what->makes_sense(state, core) && unavailable.empty(); }
  std::string label() const {
    return std::string(what->name) + ", " + std::string(to_string(state)) + ", " + std::string(to_string(core)) +
           " core";
  }
};

class wake_run {
 public:
  explicit wake_run(const wake_options& options)
      : options_(options), usable_(usable_cpus()), bar_("measuring", options.quiet) {
    for (const auto core : options.cores)
      for (const auto state : options.states)
        for (const strategy* each : options.strategies)
          cells_.push_back({each, state, core, {}, {}});
  }

  std::vector<wake_row> run() {
    for (unsigned round = 0; round != options_.rounds; ++round)
      for (std::size_t i = 0; i != cells_.size(); ++i) {
        cell& next = cells_[(i + round) % cells_.size()];
        if (interrupted() || !next.runs()) continue;
        const auto step = round * cells_.size() + i;
        bar_.update(static_cast<double>(step) / static_cast<double>(options_.rounds * cells_.size()),
                    "round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds) + ", " +
                        next.label());
        run_round(next);
      }
    return rows();
  }

 private:
  void run_round(cell& next) {
    const auto cpus = cpus_for(next.core, usable_);
    if (!cpus) {
      next.unavailable = "only one CPU may be used";
      return;
    }
    try {
      const auto round =
          next.what->of(next.state)({.cpus = *cpus, .patience = options_.patience, .seconds = options_.seconds});
      // A round that the user cut short says little beside whole ones.
      if (interrupted() && !next.samples.empty()) return;
      next.samples.push_back(sample_of(round));
    } catch (const std::exception& reason) {
      next.unavailable = reason.what();
    }
  }

  std::vector<wake_row> rows() const {
    std::vector<wake_row> all;
    for (const cell& each : cells_) {
      if (each.runs() && each.samples.empty()) continue; // the user interrupted before its first round
      wake_row row{.strategy = each.what->name,
                   .state = each.state,
                   .core = each.core,
                   .spin_us = spin_us(each),
                   .figures = {},
                   .unavailable = each.unavailable};
      if (each.runs()) row.figures = summarize(each.samples);
      all.push_back(std::move(row));
    }
    return all;
  }

  std::optional<std::int64_t> spin_us(const cell& of) const {
    if (of.what->sleeping == nullptr) return std::nullopt;
    return of.state == wake_state::sleeping ? 0 : options_.patience.count();
  }

  const wake_options& options_;
  std::vector<int> usable_;
  progress bar_;
  std::vector<cell> cells_;
};

} // namespace

std::optional<std::array<int, 2>> cpus_for(wake_core core, const std::vector<int>& usable) {
  if (usable.empty()) return std::nullopt;
  // Away from the first, where the system tends to be; and the first and the last seldom are two halves of one core.
  if (core == wake_core::same) return std::array{usable.back(), usable.back()};
  if (usable.size() < 2) return std::nullopt;
  return std::array{usable.front(), usable.back()};
}

std::vector<wake_row> run_wake(const wake_options& options) {
  return wake_run(options).run();
}

} // namespace shardbridge::bench
