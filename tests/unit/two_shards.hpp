// Goal: two shards of a group, stepped one after the other on one thread. Method: two loops on fake kernels with the
// ports of one group; whose turn it is is known, so that a test can tell on which of them something happens.
#pragma once

#include "shard_loop_tasks_fixture.hpp"

#include <memory>
#include <utility>

namespace shardbridge::detail {

class two_shards : public testing::Test {
 public:
  struct member {
    member(std::deque<shard_port>& ports, std::size_t index, const shard_group_options& options)
        : port(ports[index]), loop(ports, kernel, options, index, counters) {
      kernel.on_wait = [this] {
        EXPECT_TRUE(asleep(port.wake())) << "a publish would wake nobody";
        EXPECT_TRUE(port.take_messages().empty()) << "waits although there is a message";
      };
    }

    shard_port& port;
    std::shared_ptr<connection> joined = join(port);
    fake_driver kernel;
    loop_counters counters;
    shard_loop loop;
    bool over = false;
  };

  explicit two_shards(const shard_group_options& given = shard_loop_tasks::impatient())
      : options(given), here(ports, 0, options), there(ports, 1, options) {}
  ~two_shards() override {
    stop(there);
    stop(here);
  }

  /// One turn of it.
  void turn(member& of) {
    member* const before = std::exchange(running, &of);
    if (!of.over) of.over = !of.loop.turn();
    running = before;
    for (operation* const each : shard_loop_test::replies_of(*of.joined))
      replied.push_back(each);
  }
  /// As many turns of both as it takes until neither has anything to do.
  void settle() {
    for (int each = 0; each < 10; ++each)
      for (member* const of : {&here, &there})
        turn(*of);
  }
  void stop(member& which) {
    which.port.request_stop();
    for (int each = 0; !which.over && each < 100; ++each)
      settle();
    EXPECT_TRUE(which.over) << "the loop does not end";
  }

  /// Runs `function(shard&)` on it, as a bridge would.
  void run(member& on, std::function<void(shard&)> function) {
    push(on, std::move(function));
    turn(on);
  }
  void push(member& on, std::function<void(shard&)> function) {
    shard_loop_test::push_to(*on.joined, calls.emplace_back(std::move(function)).op);
  }
  /// Spawns the task that `make(shard&)` returns. It is kept, for what it captures.
  template <class Make>
  void spawn(member& on, Make make) {
    makers.push_back(std::move(make));
    run(on, [this, at = makers.size() - 1](shard& self) { handles.push_back(self.spawn(makers[at](self))); });
  }
  [[nodiscard]] std::size_t where() const { return running == &here ? 0 : 1; }

  std::deque<shard_port> ports{2};
  shard_group_options options;
  std::deque<test_call> calls;
  std::deque<std::function<task<>(shard&)>> makers;
  member* running = nullptr;
  shard_loop_test::named replied;
  member here;
  member there;
  std::deque<join_handle<void>> handles; // not beyond their loops
};

inline boost::system::error_code code_of(const std::exception_ptr& why) {
  try {
    std::rethrow_exception(why);
  } catch (const boost::system::system_error& failed) {
    return failed.code();
  }
}

} // namespace shardbridge::detail
