// Goal: when data, deadline, stop token and file cancel race for one operation, it ends once, and what it read is
// accounted for. Method: reads of a FIFO that all four may end at about the same time.
#include "stress.hpp"

#include <support/fifo.hpp>

#include <deque>
#include <functional>
#include <stop_token>

namespace shardbridge::tests {
namespace {

struct racing_read {
  std::array<char, 4> buffer{};
  std::stop_source source;
};

void race(timeout_mode mode) {
  dice chance(seed());
  balance counted;
  std::atomic<std::uint64_t> bytes_read = 0;
  std::uint64_t bytes_written = 0;
  const fifo pipe;
  shard_group group({.ring_entries = 8, .timeout_mode = mode});
  for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
    std::deque<racing_read> reads(12); // more than the ring has room for
    asio::thread_pool pool(2);
    bridge link(pool, group, {.max_ops = 10});
    random_access_file file(link, pipe.path(), open_flags::read_write);
    for (racing_read& each : reads) {
      const op_options options{.timeout = std::chrono::microseconds(chance.roll(400)),
                               .stop_token = each.source.get_token()};
      file.async_read_some_at(0, asio::buffer(each.buffer), options,
                              [&, count = counted.handler()](const error_code& failed, std::size_t bytes) mutable {
                                count(failed);
                                bytes_read += bytes;
                              });
    }
    std::jthread stopper([&] {
      for (racing_read& each : reads)
        each.source.request_stop();
    });
    std::jthread canceller([&] { file.cancel(); });
    for (std::uint64_t each = chance.roll(8); each > 0; --each) {
      pipe.write("data");
      bytes_written += 4;
    }
    stopper.join();
    canceller.join();
    pool.join();
    expect_balanced(link.stats());
  }
  counted.expect_even();
  EXPECT_EQ(bytes_read + pipe.drain(), bytes_written) << "what was taken from the FIFO was not reported";
}

// cancel() alone may run beside what replaces the file.
void cancel_while_replaced(const std::function<void(random_access_file&, balance&)>& close) {
  balance counted;
  const fifo pipe;
  shard_group group({.shards = 2});
  asio::thread_pool pool(1);
  bridge link(pool, group);
  random_access_file file(link);
  std::atomic<bool> ended = false;
  std::jthread canceller([&] {
    while (!ended)
      file.cancel();
  });
  std::array<char, 4> buffer{};
  for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
    file.async_open(pipe.path(), open_flags::read_write, asio::use_future([](const error_code&) {})).wait();
    if (!file.is_open()) continue; // cancelled
    file.async_read_some_at(0, asio::buffer(buffer), counted.handler());
    close(file, counted);
  }
  ended = true;
  canceller.join();
  pool.join();
  counted.expect_even();
  expect_balanced(link.stats());
}

TEST(cancellation_under_stress, beside_closes_on_the_shard) {
  cancel_while_replaced([](random_access_file& file, balance& counted) { file.async_close(counted.handler()); });
}
TEST(cancellation_under_stress, beside_closes_on_the_calling_thread) {
  cancel_while_replaced([](random_access_file& file, balance&) {
    error_code failed;
    file.close(failed);
    EXPECT_FALSE(failed) << failed;
  });
}

TEST(cancellation_under_stress, of_reads_with_linked_timeouts) {
  race(timeout_mode::linked);
}
TEST(cancellation_under_stress, of_reads_with_timers) {
  race(timeout_mode::timer);
}

} // namespace
} // namespace shardbridge::tests
