#pragma once

#include "failure.hpp"
#include "interrupt.hpp"
#include "progress.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::bench {

struct contest_rules {
  double seconds = 0; ///< A round.
  unsigned rounds = 0;
  std::size_t settings = 0;    ///< How often run() will be called.
  bool engines_chosen = false; ///< Named by the user: one that does not work here is an error, not a remark.
  bool quiet = false;
};

/// Measures engines side by side: in each setting a warm-up each, then the rounds interleaved, each round beginning
/// with another engine, so that whatever else the machine does meets all of them alike. Ends early when the user
/// interrupts, with what there is.
///
/// A plan has label(), an engine run_round(seconds), and what that returns operations().
template <class Plan, class Engine>
class contest {
 public:
  using round_type = decltype(std::declval<Engine&>().run_round(0.0));

  struct contestant {
    const Plan* plan;
    std::unique_ptr<Engine> running;
    std::vector<round_type> rounds;
  };

  /// `seen` is told of each round, warm-ups included; `remark` gets sentences for the user.
  contest(const contest_rules& rules, const std::vector<Plan>& plans,
          std::function<void(const Plan&, const round_type&)> seen, std::function<void(const std::string&)> remark)
      : rules_(rules), plans_(plans), seen_(std::move(seen)), remark_(std::move(remark)),
        bar_("measuring", rules.quiet) {}

  /// All engines in one setting; `make(plan, index)` makes one, or null where that one is not for this setting. Returns
  /// those with at least one round.
  template <class Make>
  std::vector<contestant> run(const std::string& setting, Make make) {
    std::vector<contestant> contestants = set_up(make);
    warm_up(contestants);
    for (unsigned round = 0; round != rules_.rounds && !interrupted(); ++round) {
      for (std::size_t i = 0; i != contestants.size() && !interrupted(); ++i) {
        contestant& next = contestants[(i + round) % contestants.size()];
        const auto step = (settings_done_ * rules_.rounds + round) * contestants.size() + i;
        const auto steps = rules_.settings * rules_.rounds * contestants.size();
        bar_.update(static_cast<double>(step) / static_cast<double>(steps),
                    setting + ", round " + std::to_string(round + 1) + " of " + std::to_string(rules_.rounds) + ", " +
                        next.plan->label());
        keep(next, next.running->run_round(rules_.seconds));
      }
    }
    ++settings_done_;
    std::erase_if(contestants, [](const contestant& each) { return each.rounds.empty(); });
    return contestants;
  }

 private:
  template <class Make>
  std::vector<contestant> set_up(Make make) {
    const signals_blocked guard;
    std::vector<contestant> contestants;
    for (std::size_t i = 0; i != plans_.size(); ++i) {
      try {
        if (auto made = make(plans_[i], i)) contestants.push_back({&plans_[i], std::move(made), {}});
      } catch (const std::exception& reason) {
        if (rules_.engines_chosen) throw;
        if (settings_done_ == 0) say("engine " + plans_[i].label() + " is left out: " + reason.what());
      }
    }
    if (contestants.empty()) throw run_failure("none of the engines works here");
    return contestants;
  }

  void warm_up(std::vector<contestant>& contestants) {
    const double seconds = std::min(0.2, rules_.seconds / 2);
    for (auto& each : contestants) {
      if (interrupted()) return;
      seen_(*each.plan, each.running->run_round(seconds));
    }
  }

  void keep(contestant& from, round_type result) {
    seen_(*from.plan, result);
    // A round that the user cut short says little beside whole ones.
    if (interrupted() && (!from.rounds.empty() || result.operations() == 0)) return;
    from.rounds.push_back(std::move(result));
  }

  void say(const std::string& sentence) {
    bar_.clear();
    remark_(sentence);
  }

  contest_rules rules_;
  const std::vector<Plan>& plans_;
  std::function<void(const Plan&, const round_type&)> seen_;
  std::function<void(const std::string&)> remark_;
  progress bar_;
  std::size_t settings_done_ = 0;
};

} // namespace shardbridge::bench
