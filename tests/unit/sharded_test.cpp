// Goal: a sharded service has one instance a shard, made, used and destroyed there, whatever fails, is cancelled or
// stops. Method: a service that notes on which of two stepped shards it is; failures in each of its functions.
#include "two_shards.hpp"

#include <shardbridge/sharded.hpp>
#include <shardbridge/with_timeout.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace shardbridge::detail {
namespace {

using boost::system::error_code;
using namespace std::chrono_literals;

/// What a service is to do, and what it did.
struct plan {
  std::function<std::size_t()> where;
  steps seen;
  std::function<void(std::size_t)> in_constructor;
  std::function<task<>(shard&)> in_start;
  std::function<task<>(shard&)> in_stop;

  void note(const char* what) { seen.push_back(what + std::to_string(where())); }
  [[nodiscard]] std::ptrdiff_t count(const std::string& what) const {
    return std::count(seen.begin(), seen.end(), what);
  }
};

class service {
 public:
  service(shard& here, plan* const& noted, const int& first) : here_(here), plan_(*noted), number(first) {
    EXPECT_EQ(here.index(), plan_.where());
    if (plan_.in_constructor) plan_.in_constructor(here.index());
    plan_.note("made ");
  }
  service(const service&) = delete;
  service& operator=(const service&) = delete;
  ~service() {
    EXPECT_EQ(here_.index(), plan_.where());
    plan_.note("destroyed ");
  }
  task<> start() {
    if (plan_.in_start) co_await plan_.in_start(here_);
    plan_.note("started ");
  }
  task<> stop() {
    if (plan_.in_stop) co_await plan_.in_stop(here_);
    plan_.note("stopped ");
  }

 private:
  shard& here_;
  plan& plan_;

 public:
  int number;
};

struct plain {
  explicit plain(shard& here) : index(here.index()) {}
  std::size_t index;
};

class sharded_test : public two_shards {
 public:
  sharded_test() {
    noted.where = [this] { return where(); };
  }
  ~sharded_test() override {
    stop(there);
    stop(here);
  }
  /// Runs a task made by `make(shard&)` on the first shard and says what it threw.
  template <class Make>
  void begin(Make make) {
    told.reset();
    spawn(here, [this, make](shard& self) -> task<> {
      std::string what;
      try {
        co_await make(self);
      } catch (const boost::system::system_error& failed) {
        what = failed.code().message();
      } catch (const std::exception& failed) {
        what = failed.what();
      }
      told = what;
    });
  }
  void begin_start() {
    begin([this](shard& self) { return all->start(self, &noted, 7); });
  }
  void start() {
    begin_start();
    settle();
    ASSERT_EQ(told, "");
  }
  void stop_service() {
    begin([this](shard& self) { return all->stop(self); });
    settle();
  }
  void settle_until_told() {
    for (const auto end = std::chrono::steady_clock::now() + 10s; !told;) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      settle();
    }
  }
  /// Each is made before it is started, and so on, and all of them are gone.
  void expect_gone() const {
    for (const char* const where : {"0", "1"}) {
      using namespace std::string_literals;
      EXPECT_EQ(noted.count("made "s + where), noted.count("destroyed "s + where));
    }
  }

  plan noted;
  std::optional<std::string> told;
  std::unique_ptr<sharded<service>> all = std::make_unique<sharded<service>>();
};

TEST_F(sharded_test, has_an_instance_on_every_shard) {
  start();
  EXPECT_EQ(noted.count("made 0") + noted.count("made 1"), 2);
  EXPECT_EQ(noted.count("started 0") + noted.count("started 1"), 2);
  run(there, [this](shard& self) {
    EXPECT_EQ(all->local(self).number, 7);
    all->local(self).number = 8;
  });
  run(here, [this](shard& self) { EXPECT_EQ(all->local(self).number, 7); });
  stop_service();
  EXPECT_EQ(told, "");
  EXPECT_EQ(noted.seen.size(), 8U);
  EXPECT_EQ(noted.count("stopped 0") + noted.count("stopped 1"), 2);
  expect_gone();
}

TEST_F(sharded_test, needs_no_hooks) {
  sharded<plain> simple;
  std::size_t sum = 9;
  begin([&](shard& self) -> task<> {
    co_await simple.start(self);
    sum = co_await simple.invoke_on(self, 1, [](plain& one) { return one.index; });
    co_await simple.stop(self);
    co_await simple.stop(self); // there is none
  });
  settle();
  EXPECT_EQ(told, "");
  EXPECT_EQ(sum, 1U);
}

TEST_F(sharded_test, starts_again_when_it_was_stopped) {
  start();
  stop_service();
  start();
  stop_service();
  EXPECT_EQ(noted.count("destroyed 1"), 2);
  expect_gone();
}

TEST_F(sharded_test, calls_functions_and_tasks_on_an_instance) {
  start();
  int got = 0;
  begin([&](shard& self) -> task<> {
    co_await all->invoke_on(self, 1, [](service& one) { one.number = 30; });
    auto work = [this](service& one) -> task<int> {
      EXPECT_EQ(where(), 1U);
      co_return one.number + 1;
    };
    got = co_await all->invoke_on(self, 1, work);
    auto beyond = all->invoke_on(self, 2, [](service&) {});
    EXPECT_EQ(co_await error_of(beyond), boost::system::errc::invalid_argument);
  });
  settle();
  EXPECT_EQ(told, "");
  EXPECT_EQ(got, 31);
  stop_service();
}

TEST_F(sharded_test, calls_all_and_reduces_in_order) {
  start();
  std::string joined;
  begin([&](shard& self) -> task<> {
    auto number = [this](service& one) -> task<> {
      one.number = 10 + static_cast<int>(where());
      co_return;
    };
    co_await all->invoke_on_all(self, number);
    auto told_by = [](service& one) { return std::to_string(one.number); };
    auto append = [](std::string so_far, std::string next) { return so_far + "," + next; };
    joined = co_await all->map_reduce(self, told_by, std::string("all"), append);
  });
  settle();
  EXPECT_EQ(told, "");
  EXPECT_EQ(joined, "all,10,11");
  stop_service();
}

TEST_F(sharded_test, throws_what_fails_first_of_all) {
  start();
  begin([&](shard& self) -> task<> {
    auto fails = [](service&) -> task<> {
      throw std::runtime_error("as planned");
      co_return;
    };
    co_await all->invoke_on_all(self, fails);
  });
  settle();
  EXPECT_EQ(told, "as planned");
  stop_service();
}

TEST_F(sharded_test, whose_constructor_fails_undoes_the_others) {
  noted.in_constructor = [](std::size_t index) {
    if (index == 1) throw std::runtime_error("constructor");
  };
  begin_start();
  settle();
  EXPECT_EQ(told, "constructor");
  EXPECT_EQ(noted.seen, (steps{"made 0", "started 0", "stopped 0", "destroyed 0"}));
}

TEST_F(sharded_test, whose_start_fails_undoes_the_others) {
  noted.in_start = [](shard& on) -> task<> {
    co_await on.yield();
    if (on.index() == 1) throw std::runtime_error("start");
  };
  begin_start();
  settle();
  EXPECT_EQ(told, "start");
  EXPECT_EQ(noted.count("stopped 0"), 1);
  EXPECT_EQ(noted.count("stopped 1"), 0) << "it never started";
  expect_gone();
}

TEST_F(sharded_test, whose_start_fails_cancels_the_start_of_the_others) {
  noted.in_start = [](shard& on) -> task<> {
    if (on.index() == 1) throw std::runtime_error("start");
    co_await on.sleep_for(1h);
  };
  begin_start();
  settle();
  EXPECT_EQ(told, "start");
  EXPECT_EQ(noted.count("stopped 0"), 0);
  expect_gone();
}

TEST_F(sharded_test, whose_undoing_fails_tells_why_the_start_did) {
  noted.in_start = [](shard& on) -> task<> {
    co_await on.yield();
    if (on.index() == 1) throw std::runtime_error("start");
  };
  noted.in_stop = [](shard&) -> task<> { throw std::runtime_error("stop"); };
  begin_start();
  settle();
  EXPECT_EQ(told, "start");
  expect_gone();
}

TEST_F(sharded_test, whose_start_is_cancelled_is_undone_all_the_same) {
  noted.in_start = [](shard& on) -> task<> {
    if (on.index() == 1) co_await on.sleep_for(1h);
  };
  noted.in_stop = [](shard& on) -> task<> { co_await on.yield(); }; // it may wait
  begin_start();
  settle();
  EXPECT_EQ(told, std::nullopt);
  handles.back().abort();
  here.port.wake().publish();
  settle();
  settle();
  EXPECT_EQ(told, error_code(boost::asio::error::operation_aborted).message());
  EXPECT_EQ(noted.count("stopped 0"), 1);
  expect_gone();
}

TEST_F(sharded_test, whose_stop_fails_is_destroyed_everywhere) {
  start();
  noted.in_stop = [](shard& on) -> task<> {
    if (on.index() == 0) throw std::runtime_error("stop");
    co_await on.yield();
  };
  stop_service();
  EXPECT_EQ(told, "stop");
  EXPECT_EQ(noted.count("stopped 1"), 1) << "it is not cancelled";
  expect_gone();
}

TEST_F(sharded_test, whose_stop_is_cancelled_is_destroyed) {
  start();
  noted.in_stop = [](shard& on) -> task<> { co_await on.sleep_for(1h); };
  begin([this](shard& self) { return with_timeout(self, 200ms, all->stop(self)); });
  settle_until_told();
  EXPECT_EQ(told, error_code(errc::expired_in_flight).message());
  expect_gone();
  EXPECT_EQ(noted.count("destroyed 0") + noted.count("destroyed 1"), 2);
}

TEST_F(sharded_test, that_nobody_stops_ends_with_each_shard) {
  start();
  spawn(there, [this](shard& self) -> task<> {
    auto ring = self.nop();
    static_cast<void>(co_await error_of(ring));
    EXPECT_EQ(all->local(self).number, 7) << "it is there for the last task";
    noted.note("last task ");
  });
  settle();
  there.port.request_stop();
  settle();
  EXPECT_FALSE(there.over);
  there.kernel.complete(-ECANCELED);
  settle();
  EXPECT_TRUE(there.over);
  EXPECT_EQ((steps{noted.seen.end() - 2, noted.seen.end()}), (steps{"last task 1", "destroyed 1"}));
  stop_service(); // what is left of it
  EXPECT_EQ(told, error_code(errc::stopped).message()) << "the other one could not be told";
  EXPECT_EQ(noted.count("destroyed 0"), 1);
  EXPECT_EQ(noted.count("stopped 1"), 0);
  expect_gone();
}

TEST_F(sharded_test, whose_stop_is_caught_by_the_end_of_the_group_is_destroyed) {
  start();
  noted.in_stop = [](shard&) -> task<> { co_await forever(); };
  begin([this](shard& self) { return all->stop(self); });
  settle();
  stop(there);
  stop(here);
  EXPECT_EQ(noted.count("destroyed 0") + noted.count("destroyed 1"), 2);
}

#if !defined(NDEBUG)
TEST_F(sharded_test, must_not_be_destroyed_before_its_instances) {
  start();
  EXPECT_DEATH(all.reset(), "destroyed without stop");
  stop_service();
}
#endif

} // namespace
} // namespace shardbridge::detail
