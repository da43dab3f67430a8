#include "runner.hpp"

#include "../common/child_process.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../common/progress.hpp"
#include "companion_protocol.hpp"
#include "pressure_summary.hpp"

#include <algorithm>
#include <utility>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

struct contestant {
  pressure_setting what;
  std::vector<pressure_round> rounds;
};

class pressure_contest {
 public:
  pressure_contest(const pressure_options& options, const target_file* file,
                   const std::function<void(const std::string&)>& remark)
      : options_(options), remark_(remark), base_(options.base), bar_("measuring", options.quiet) {
    base_.path = file != nullptr ? file->path : "";
    base_.size = file != nullptr ? file->size : 0;
  }

  pressure_outcome run() {
    find_rates();
    set_up();
    for (unsigned round = 0; round != options_.rounds && !interrupted(); ++round) {
      const auto order = in_turn(round);
      for (std::size_t i = 0; i != order.size() && !interrupted(); ++i)
        run_one(order[i], round, i);
    }
    if (contestants_.empty()) throw run_failure("none of the engines works here");
    for (const auto& each : contestants_)
      if (!each.rounds.empty()) outcome_.rows.push_back(summarize(each.what, each.rounds));
    return std::move(outcome_);
  }

 private:
  void find_rates() {
    if (base_.device != device_kind::real)
      base_.device_rate = base_.throttled_rate;
    else if (base_.overload_rate <= 0)
      base_.device_rate = measure();
    if (base_.overload_rate <= 0) base_.overload_rate = options_.load * base_.device_rate;
    outcome_.device_rate = base_.device_rate;
    outcome_.overload_rate = base_.overload_rate;
  }

  double measure() {
    bar_.update(0, "what the device does");
    const double rate = ask("measure", base_, [](double, const std::string&) {}).get<double>();
    if (rate <= 0 && !interrupted()) throw run_failure("the device does nothing; say with --rate how much to offer");
    return rate;
  }

  void set_up() {
    for (std::size_t i = 0; i != options_.engines.size(); ++i) {
      pressure_setting what = base_;
      what.engine = options_.engines[i];
      // Each engine visits blocks in an order of its own, so that none finds what another has warmed.
      what.seed = base_.seed + i;
      contestants_.push_back({what, {}});
    }
  }

  std::vector<pressure_kind> in_turn(unsigned round) const {
    std::vector<pressure_kind> order;
    for (const auto& each : contestants_)
      order.push_back(each.what.engine);
    if (!order.empty()) std::ranges::rotate(order, order.begin() + static_cast<std::ptrdiff_t>(round % order.size()));
    return order;
  }

  void run_one(pressure_kind engine, unsigned round, std::size_t place) {
    const auto next = std::ranges::find(contestants_, engine, [](const auto& each) { return each.what.engine; });
    const std::string label = label_of(next->what);
    const auto done =
        static_cast<double>(round) + static_cast<double>(place) / static_cast<double>(contestants_.size());
    const auto tell = [&](double share, const std::string& doing) {
      bar_.update((done + share / static_cast<double>(contestants_.size())) / options_.rounds,
                  "round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds) + ", " + label +
                      ": " + doing);
    };
    try {
      keep(*next, ask("run", next->what, tell).get<pressure_round>());
    } catch (const std::exception& reason) {
      if (options_.engines_chosen || round != 0) throw;
      bar_.clear();
      remark_("engine " + label + " is left out: " + reason.what());
      contestants_.erase(next);
    }
  }

  /// Has a process of its own do it, and waits for the result.
  template <class Tell>
  static json ask(const char* request, const pressure_setting& what, Tell tell) {
    child_process companion(beside_this_program(pressure_companion_name), -1);
    companion.send(json{{request, what}}.dump());
    for (;;) {
      json answer = json::parse(companion.receive());
      if (const auto failure = answer.find("failure"); failure != answer.end())
        throw run_failure(failure->get<std::string>());
      if (const auto result = answer.find("result"); result != answer.end()) return *result;
      tell(answer.at("share").get<double>(), answer.at("doing").get<std::string>());
    }
  }

  void keep(contestant& from, pressure_round round) {
    outcome_.went_wrong.merge(round.base.went_wrong, label_of(from.what));
    outcome_.went_wrong.merge(round.overload.went_wrong, label_of(from.what));
    // A round that the user cut short says little beside whole ones.
    if (round.interrupted && (!from.rounds.empty() || round.overload.ended() == 0)) return;
    from.rounds.push_back(std::move(round));
  }

  const pressure_options& options_;
  const std::function<void(const std::string&)>& remark_;
  pressure_setting base_;
  std::vector<contestant> contestants_;
  pressure_outcome outcome_;
  progress bar_;
};

} // namespace

pressure_outcome run_all_pressure(const pressure_options& options, const target_file* file,
                                  const std::function<void(const std::string&)>& remark) {
  return pressure_contest(options, file, remark).run();
}

} // namespace shardbridge::bench
