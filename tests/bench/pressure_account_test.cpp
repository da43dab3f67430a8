// Goal: every operation is counted once and in its phase, its memory is used again, and a device that was to stand
// still goes on whatever happens. Method: the pieces one by one.

#include "pressure/level_log.hpp"
#include "pressure/operation_store.hpp"
#include "pressure/pressure_account.hpp"
#include "pressure/stall.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

operation make_operation(phase in, clock::time_point intended) {
  operation what;
  what.in = in;
  what.intended = intended;
  what.initiated = intended + 1ms;
  return what;
}

TEST(pressure_account, counts_in_the_phase_of_the_offer) {
  pressure_account account;
  const auto now = clock::now();
  const operation early = make_operation(phase::base, now);
  operation late = make_operation(phase::overload, now);
  late.times.admitted = now + 6ms;
  for (int i = 0; i != 4; ++i)
    account.offered(late);
  account.offered(early);
  account.completed(early, now + 3ms);
  account.completed(late, now + 10ms);
  account.refused(late);
  account.abandoned(late);
  EXPECT_EQ(account.counts().ended, 4U);
  account.failed(late, "no luck");
  EXPECT_EQ(account.counts().offered, 5U);
  EXPECT_EQ(account.counts().ended, 5U);

  const phase_totals base = account.totals(phase::base);
  EXPECT_EQ(base.offered, 1U);
  EXPECT_EQ(base.completed, 1U);
  EXPECT_EQ(base.from_admission.quantile(1), base.from_initiation.quantile(1)) << "no permit, no wait for it";
  const phase_totals overload = account.totals(phase::overload);
  EXPECT_EQ(overload.offered, 4U);
  EXPECT_EQ(overload.ended(), 4U);
  EXPECT_EQ(overload.went_wrong.messages, (std::vector<std::string>{"the block at 0: no luck"}));
  const auto near = [](std::chrono::nanoseconds is, std::chrono::duration<double, std::nano> expected) {
    EXPECT_NEAR(static_cast<double>(is.count()), expected.count(), expected.count() / 100);
  };
  near(overload.from_intended.quantile(1), 10ms);
  near(overload.from_initiation.quantile(1), 9ms);
  near(overload.from_admission.quantile(1), 4ms);
}

TEST(pressure_account, gives_recent_latencies_once) {
  pressure_account account;
  const operation what = make_operation(phase::overload, clock::now());
  account.offered(what);
  account.completed(what, what.initiated + 1ms);
  EXPECT_EQ(account.take_recent().count(), 1U);
  EXPECT_EQ(account.take_recent().count(), 0U);
}

TEST(phase_totals, survive_the_pipe) {
  phase_totals totals;
  totals.offered = 10;
  totals.completed = 3;
  totals.refused = 4;
  totals.abandoned = 2;
  totals.went_wrong.errors = 1;
  totals.went_wrong.note("why");
  totals.from_intended.record(3ms);
  totals.from_initiation.record(2ms);
  totals.from_admission.record(1ms);
  const auto text = nlohmann::ordered_json(totals).dump();
  const auto copy = nlohmann::ordered_json::parse(text).get<phase_totals>();
  EXPECT_EQ(nlohmann::ordered_json(copy).dump(), text);
  EXPECT_EQ(copy.ended(), 10U);
}

TEST(operation_store, uses_again_what_was_given_back) {
  operation_store store(4096);
  std::vector<operation*> taken;
  for (int i = 0; i != 200; ++i)
    taken.push_back(&store.take());
  const auto most = store.most();
  EXPECT_GE(most, 200U);
  EXPECT_LT(most, 200U + 64);
  for (std::size_t i = 0; i != taken.size(); ++i) {
    EXPECT_EQ(taken[i]->buffer.size(), 4096U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(taken[i]->buffer.data()) % 4096, 0U);
    std::fill(taken[i]->buffer.begin(), taken[i]->buffer.end(), static_cast<std::byte>(i));
  }
  for (std::size_t i = 0; i != taken.size(); ++i) {
    EXPECT_EQ(taken[i]->buffer.back(), static_cast<std::byte>(i)) << "two share their memory";
    taken[i]->times.admitted = clock::now();
    store.give_back(*taken[i]);
  }
  for (int i = 0; i != 1000; ++i) {
    operation& again = store.take();
    EXPECT_EQ(again.times.admitted, clock::time_point{}) << "remembers its last use";
    store.give_back(again);
  }
  EXPECT_EQ(store.most(), most);
}

TEST(level_log, counts_all_and_keeps_the_first) {
  level_log log;
  for (std::size_t i = 0; i != level_log::kept_max + 10; ++i)
    log.note(i % 2 == 0 ? pressure_level::suspended : pressure_level::normal);
  EXPECT_EQ(log.count(), level_log::kept_max + 10);
  EXPECT_EQ(log.kept().size(), level_log::kept_max);
  EXPECT_EQ(log.kept().front().to, pressure_level::suspended);
  log.forget();
  log.note(pressure_level::throttled);
  EXPECT_EQ(log.kept().size(), 1U);
  EXPECT_EQ(log.count(), level_log::kept_max + 11) << "counts go on";
}

/// Writes down what is asked of it.
struct noting_device final : run_device {
  explicit noting_device(std::string& log) : asked(log) {}
  const std::string& path() const override { return asked; }
  std::uint64_t size() const override { return 0; }
  void hold() override { asked += "hold "; }
  void let_go() override { asked += "let_go "; }
  std::string& asked;
};

pressure_setting make_stall(device_kind device) {
  pressure_setting what;
  what.device = device;
  what.seconds = 5;
  what.stall = 3;
  return what;
}

TEST(stall, begins_and_ends_once) {
  std::string asked;
  noting_device device(asked);
  const pressure_setting what = make_stall(device_kind::stall);
  stall tested(device, what);
  for (const double t : {0.0, 0.9})
    tested.at(t);
  EXPECT_EQ(asked, "");
  for (const double t : {1.01, 2.0, 3.99})
    tested.at(t);
  EXPECT_EQ(asked, "hold ");
  for (const double t : {4.01, 4.5})
    tested.at(t);
  EXPECT_EQ(asked, "hold let_go ");
}

TEST(stall, ends_when_the_run_does) {
  std::string asked;
  noting_device device(asked);
  const pressure_setting what = make_stall(device_kind::stall);
  {
    stall tested(device, what);
    tested.at(2);
  }
  EXPECT_EQ(asked, "hold let_go ");
}

TEST(stall, is_none_of_other_devices) {
  std::string asked;
  noting_device device(asked);
  const pressure_setting what = make_stall(device_kind::throttled);
  stall(device, what).at(2);
  EXPECT_EQ(asked, "");
}

} // namespace
} // namespace shardbridge::bench
