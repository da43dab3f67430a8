// Goal: a task is cancelled when a stop is requested of a token, whenever and by whomever, and asks whether it is.
// Method: a stepped shard, with the request before, in and after the task, and on its way when the task ends.
#include "shard_loop_tasks_fixture.hpp"

#include <shardbridge/with_stop.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace shardbridge::detail {
namespace {

using boost::system::error_code;
using namespace std::chrono_literals;

const error_code operation_aborted = boost::asio::error::operation_aborted;

class with_stop_test : public shard_loop_tasks {
 public:
  explicit with_stop_test() : shard_loop_tasks(impatient()) {}

  task<int> sleep_long(shard& on) {
    ++begun;
    co_await on.sleep_for(1h);
    co_return 1;
  }
  /// Starts `make(shard&)` below the token and notes what it ends with.
  template <class Make>
  void start(Make make) {
    spawn(
        [this, make](shard& on) -> task<> { ended = co_await error_of(with_stop(on, source.get_token(), make(on))); });
  }

  std::stop_source source;
  std::optional<error_code> ended;
  int begun = 0;
};

TEST_F(with_stop_test, cancels_when_a_stop_is_requested_by_another_thread) {
  start([this](shard& on) { return sleep_long(on); });
  EXPECT_EQ(begun, 1);
  std::jthread([this] { source.request_stop(); }).join();
  EXPECT_FALSE(ended);
  turn();
  EXPECT_EQ(ended, operation_aborted);
  stop();
}

TEST_F(with_stop_test, cancels_at_once_where_the_stop_was_requested_before) {
  source.request_stop();
  start([this](shard& on) { return sleep_long(on); });
  turn();
  EXPECT_EQ(ended, operation_aborted);
  stop();
}

TEST_F(with_stop_test, gives_the_result_of_one_that_ends_before) {
  int got = 0;
  spawn([&](shard& on) -> task<> { got = co_await with_stop(on, source.get_token(), answer_after(on, 5)); });
  turn();
  EXPECT_EQ(got, 5);
  source.request_stop(); // nobody listens
  turn();
  stop();
}

TEST_F(with_stop_test, needs_no_source) {
  int got = 0;
  spawn([&](shard& on) -> task<> { got = co_await with_stop(on, std::stop_token(), answer_after(on, 5)); });
  turn();
  EXPECT_EQ(got, 5);
  stop();
}

TEST_F(with_stop_test, ends_with_a_stop_that_is_on_its_way) {
  start([this](shard&) -> task<> {
    source.request_stop(); // a message to this shard
    co_return;
  });
  turn();
  EXPECT_EQ(ended, error_code());
  stop();
}

TEST_F(with_stop_test, forgets_no_other_message) {
  remote_gate* gate = nullptr;
  bool opened = false;
  spawn([&](shard& on) -> task<> {
    remote_gate opens(on.runtime());
    gate = &opens;
    co_await opens;
    opened = true;
  });
  start([&](shard&) -> task<> {
    gate->wake();
    source.request_stop();
    co_return;
  });
  turn();
  EXPECT_EQ(ended, error_code());
  EXPECT_TRUE(opened);
  stop();
}

TEST_F(with_stop_test, is_told_by_cancelled) {
  bool before = true, after = false;
  spawn([&](shard& on) -> task<> {
    auto work = [&](shard& self) -> task<> {
      before = self.cancelled();
      auto long_sleep = self.sleep_for(1h);
      static_cast<void>(co_await error_of(long_sleep));
      after = self.cancelled();
    };
    co_await with_stop(on, source.get_token(), work(on));
    EXPECT_FALSE(on.cancelled()) << "the task outside is not";
  });
  EXPECT_FALSE(before);
  source.request_stop();
  turn();
  EXPECT_TRUE(after);
  stop();
}

TEST_F(with_stop_test, is_destroyed_with_a_stop_on_its_way) {
  start([](shard&) -> task<> { co_await forever(); });
  port.request_stop();
  source.request_stop();
  stop();
  EXPECT_EQ(ended, std::nullopt);
}

} // namespace
} // namespace shardbridge::detail
