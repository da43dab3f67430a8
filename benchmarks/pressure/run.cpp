#include "run.hpp"

#include "../common/failure.hpp"
#include "../common/format.hpp"
#include "../common/interrupt.hpp"
#include "resident_memory.hpp"
#include "sampler.hpp"
#include "stall.hpp"

#include <optional>
#include <thread>
#include <utility>

namespace shardbridge::bench {
namespace {

using clock = std::chrono::steady_clock;

class pressure_run {
 public:
  pressure_run(const pressure_setting& what, const run_progress& progress, const std::function<bool()>& deserted)
      : what_(what), progress_(progress), deserted_(deserted), begun_(clock::now()), device_(make_device(what)),
        service_([this] {
          const signals_blocked guard;
          return std::make_unique<pressure_service>(what_, device_->path(), device_->size());
        }()),
        stall_(*device_, what_), sampler_(*service_) {}

  pressure_round run() {
    warm_up();
    if (!result_.interrupted) base();
    if (!result_.interrupted) overload();
    drain();
    return finish();
  }

 private:
  /// Lets time go by until `end` or until `done()`, with an eye on everything.
  template <class Done>
  void watch(clock::time_point end, Done done) {
    constexpr clock::duration tick = std::chrono::milliseconds(10);
    for (auto now = clock::now(); now < end && !done(); now = clock::now()) {
      std::this_thread::sleep_for(std::min(tick, end - now));
      look_for_interrupt();
      if (overloaded_ && !result_.interrupted) stall_.at(sampler_.since_origin(clock::now()));
      if (sampler_.due(clock::now())) take_sample();
    }
  }

  void watch_until_quiet(clock::time_point end = clock::time_point::max()) {
    watch(end, [this] { return service_->quiet(); });
  }

  void look_for_interrupt() {
    if (result_.interrupted || !(interrupted() || deserted_())) return;
    result_.interrupted = true;
    // A second signal would end the process at once, which then waits for ever for a device that stands still.
    no_more_signals_.emplace();
  }

  void take_sample() {
    const sample& last = sampler_.take();
    tell(format("%s, %llu queued, %.0f MiB", std::string(to_string(last.in)).c_str(),
                static_cast<unsigned long long>(last.queue), static_cast<double>(last.resident) / (1U << 20)));
  }

  void tell(const std::string& doing) const {
    const double whole = what_.settle_seconds() + what_.base_seconds + what_.seconds;
    progress_(std::chrono::duration<double>(clock::now() - begun_).count() / whole, doing);
  }

  void warm_up() {
    tell("warm-up");
    const auto begin = clock::now();
    service_->start_closed_loop(what_.max_ops);
    watch(begin + clock_duration(what_.settle_seconds()), [this] { return result_.interrupted; });
    result_.capacity = static_cast<double>(service_->account().counts().completed) /
                       std::chrono::duration<double>(clock::now() - begin).count();
    service_->stop_load();
    watch_until_quiet();
  }

  /// What the engine gets out of the device. A throttle lets more through at first than it does for long.
  double able() const {
    if (result_.capacity <= 0) {
      const auto& messages = service_->account().totals(phase::warm_up).went_wrong.messages;
      throw run_failure(messages.empty() ? "nothing was read in the warm-up, which takes a quarter of --seconds"
                                         : messages.front());
    }
    return what_.device == device_kind::real ? result_.capacity : std::min(what_.device_rate, result_.capacity);
  }

  void base() {
    result_.base_rate = what_.base_load * able();
    const auto begin = clock::now();
    const auto end = begin + clock_duration(what_.base_seconds);
    sampler_.begin(phase::base, end);
    service_->start_open_loop(phase::base, begin, end, result_.base_rate);
    watch(end, [this] { return result_.interrupted; });
    service_->stop_load();
    // Not for long, since hardly more was offered than can be done.
    watch(clock::time_point::max(), [this] { return service_->quiet() || result_.interrupted; });
    take_sample();
  }

  void overload() {
    service_->levels().forget();
    const auto levels_before = service_->state().seconds_in_level;
    const auto begin = clock::now();
    sampler_.begin(phase::overload, begin);
    overloaded_ = true;
    service_->start_open_loop(phase::overload, begin, begin + clock_duration(what_.seconds), what_.overload_rate);
    watch(begin + clock_duration(what_.seconds), [this] {
      result_.at_memory_limit = resident_memory() > what_.memory_limit;
      return result_.at_memory_limit || result_.interrupted;
    });
    overloaded_ = false;
    stall_.end();
    service_->stop_load();
    take_sample();
    result_.overload_seconds = sampler_.since_origin(clock::now());
    const auto levels_after = service_->state().seconds_in_level;
    for (std::size_t i = 0; i != levels_after.size(); ++i)
      result_.seconds_in_level[i] = levels_after[i] - levels_before[i];
    sampler_.begin(phase::drain, begin);
  }

  void drain() {
    if (!result_.interrupted) watch_until_quiet(clock::now() + clock_duration(what_.drain_seconds));
    // What was not begun by now ends without being done.
    service_->give_up();
    watch_until_quiet();
    if (result_.overload_seconds > 0) take_sample();
  }

  pressure_round finish() {
    const pressure_account& account = service_->account();
    if (const auto counted = account.counts(); counted.ended != counted.offered)
      throw run_failure("operations came back more than once");
    result_.base = account.totals(phase::base);
    result_.overload = account.totals(phase::overload);
    result_.level_changes_counted = service_->state().level_changes;
    result_.most_operations = service_->most_operations();
    service_->close(); // what the bridge has to tell yet, it tells before that returns
    result_.level_changes_told = service_->levels().count();
    for (const auto& [when, to] : service_->levels().kept())
      result_.level_changes.push_back({sampler_.since_origin(when), static_cast<unsigned>(to)});
    result_.samples = std::move(sampler_.samples());
    return std::move(result_);
  }

  const pressure_setting& what_;
  const run_progress& progress_;
  const std::function<bool()>& deserted_;
  const clock::time_point begun_;
  std::optional<signals_blocked> no_more_signals_; // as long as there is a device
  std::unique_ptr<run_device> device_;
  std::unique_ptr<pressure_service> service_;
  stall stall_; // ended before the service, which waits for the device
  sampler sampler_;
  bool overloaded_ = false;
  pressure_round result_;
};

} // namespace

pressure_round run_pressure(const pressure_setting& what, const run_progress& progress,
                            const std::function<bool()>& deserted) {
  return pressure_run(what, progress, deserted).run();
}

} // namespace shardbridge::bench
