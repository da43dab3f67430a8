// Goal: requests and calls of a bridge, local disk operations, sockets and busy tasks, all at once on one shard and
// each with more to do than there is room for: in no second does any of them get less than half of its share.
//
// What the share of each is: in every turn the functions that bridges call have one `turn_slice` and the tasks that are
// ready another, of which next to nothing is not the busy ones' here. Slots that come free go to an operation of the
// bridge and to one of the shard's own in turn, half of all to each; and of the shard's own there are as many tasks
// that read a file as tasks that send, which wait first come, first served: a quarter of all to each.
//
// Method: seconds in which it is counted what the shard has done, of which the shares are parts: how fast it is does
// not matter. Slices are long, so that neither the test's own thread, which begins the requests anew, nor a preemption
// can be what one of them lacks.
#include "support/connected.hpp"

#include <temporary_folder.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

constexpr auto slice = 1ms;
/// Of a call or a busy task at a time.
constexpr auto bite = 100us;

/// Operations that have ended, and the nanoseconds that were computed, which only the shard writes.
struct done_by_shard {
  std::atomic<std::uint64_t> requests = 0, reads = 0, sends = 0;
  std::atomic<std::int64_t> called = 0, busy = 0;
};

/// The same of an interval.
struct shares {
  std::uint64_t requests, reads, sends, turns;
  std::chrono::nanoseconds called, busy;

  shares operator-(const shares& before) const {
    return {requests - before.requests, reads - before.reads,   sends - before.sends,
            turns - before.turns,       called - before.called, busy - before.busy};
  }
  [[nodiscard]] std::uint64_t operations() const { return requests + reads + sends; }
  void expect_half() const {
    EXPECT_GE(requests, operations() / 2 / 2) << "requests of the bridge";
    EXPECT_GE(reads, operations() / 4 / 2) << "the shard's own of files";
    EXPECT_GE(sends, operations() / 4 / 2) << "the shard's own of sockets";
    const std::chrono::nanoseconds computed = std::max<std::chrono::nanoseconds>(2 * turns * slice, called + busy);
    EXPECT_GE(called, computed / 2 / 2) << "functions that the bridge calls";
    EXPECT_GE(busy, computed / 2 / 2) << "busy tasks";
  }
};

class shares_test : public on_shard {
 public:
  // Four slots are those of who receives.
  shares_test() : on_shard({.ring_entries = 8, .turn_slice = slice}) {}

  void request() {
    file.async_read_some_at(0, asio::buffer(room), [this](const error_code& failed, std::size_t) {
      EXPECT_FALSE(failed) << failed.message();
      ++done.requests;
      if (!over) request();
    });
  }
  void call() {
    async_call(
        all.link, 0, [this](shard&) { compute(done.called); },
        [this](const std::exception_ptr&) {
          if (!over) call();
        });
  }
  static void compute(std::atomic<std::int64_t>& nanoseconds) {
    const auto begun = clock::now();
    while (clock::now() - begun < bite) {
    }
    nanoseconds += std::chrono::nanoseconds(clock::now() - begun).count();
  }
  task<> busy(shard& on) {
    while (!over) {
      compute(done.busy);
      co_await on.yield();
    }
  }
  task<> read(shard& on) {
    std::array<char, 64> into{};
    const shard_file from = co_await on.open(path, open_flags::read_only);
    while (!over) {
      co_await on.read(from, 0, asio::buffer(into));
      ++done.reads;
    }
  }
  static task<> receive_all(shard& on, const shard_socket& from) {
    while (true) {
      const received_buffer some = co_await on.recv(from);
      if (some.empty()) co_return;
    }
  }
  task<> send(shard& on) {
    connected both = co_await connect_both(on);
    join_handle<void> receives = on.spawn(receive_all(on, both.ours));
    const std::array<char, 64> bytes{};
    while (!over) {
      co_await on.send(both.theirs, asio::buffer(bytes));
      ++done.sends;
    }
    both.theirs.close();
    co_await std::move(receives).join();
  }
  void start(task<> (shares_test::*work)(shard&)) {
    async_call(
        all.link, 0, [this, work](shard& on) { return (this->*work)(on); },
        [](const std::exception_ptr& failed) { EXPECT_FALSE(failed); });
  }
  shares so_far() const {
    return {.requests = done.requests,
            .reads = done.reads,
            .sends = done.sends,
            .turns = all.group.stats()[0].turns,
            .called = std::chrono::nanoseconds(done.called),
            .busy = std::chrono::nanoseconds(done.busy)};
  }
  [[nodiscard]] bool run_for(std::chrono::nanoseconds length) {
    const auto end = clock::now() + length;
    return all.run_until([&] { return clock::now() >= end; });
  }

  fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 4096);
  random_access_file file{all.link, path, open_flags::read_only};
  std::array<char, 64> room{};
  done_by_shard done;
  std::atomic<bool> over = false;
};

TEST_F(shares_test, are_had_by_all_in_every_second) {
  for (int each = 0; each < 64; ++each)
    request();
  for (int each = 0; each < 128; ++each)
    call();
  for (int each = 0; each < 4; ++each) {
    start(&shares_test::read);
    start(&shares_test::send);
    start(&shares_test::busy);
  }
  EXPECT_TRUE(all.run_until([&] { return done.requests > 100 && done.reads > 100 && done.sends > 100; }));
  for (int second = 0; second < 4; ++second) {
    const shares before = so_far();
    EXPECT_TRUE(run_for(1s));
    while (so_far().turns - before.turns < 50) // of a second that a slow machine makes longer
      ASSERT_TRUE(run_for(100ms));
    const shares its = so_far() - before;
    SCOPED_TRACE(testing::Message() << its.turns << " turns, operations " << its.requests << '/' << its.reads << '/'
                                    << its.sends << ", ms " << its.called / 1ms << '/' << its.busy / 1ms);
    its.expect_half();
  }
  over = true;
  EXPECT_TRUE(all.finish());
}

} // namespace
} // namespace shardbridge::tests
