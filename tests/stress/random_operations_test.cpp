// Goal: under random reads, writes and syncs of any priority, deadlines and cancels of every kind by several threads,
// every operation is answered once, no byte is ever wrong, and no permit, slot or buffer is missing in the end. Method:
// clients that each own one block of a file and know what must be in it: after a successful write exactly that, after a
// failed one nothing is known until the next. Their buffers are their own or go along. Their handlers run on a pool of
// threads, while another thread cancels whole files and single operations.
#include "stress.hpp"

#include <temporary_folder.hpp>

#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>

namespace shardbridge::tests {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t files = 4;
constexpr std::size_t clients_per_file = 16;

class client {
 public:
  client(random_access_file& file, std::size_t index, std::uint64_t seed, buffer_pool& pool, balance& counted,
         const std::atomic<bool>& over)
      : file_(file), index_(index), chance_(seed), pool_(pool), counted_(counted), over_(over),
        strand_(asio::make_strand(file.get_executor())) {}

  void start() {
    asio::post(strand_, [this] { next(); });
  }
  /// From any thread.
  void cancel() {
    const std::lock_guard lock(stop_mutex_);
    stop_.request_stop();
  }

 private:
  /// Counts, checks, goes on; on the strand, with a cancellation slot that is used now and then.
  template <class Check>
  auto then(Check check) {
    if (chance_.one_in(4)) asio::post(strand_, [this] { signal_.emit(asio::cancellation_type::terminal); });
    return asio::bind_cancellation_slot(
        signal_.slot(), asio::bind_executor(strand_, [this, check, count = counted_.handler()](const error_code& failed,
                                                                                               auto... values) mutable {
          count(failed);
          check(failed, std::move(values)...);
          next();
        }));
  }

  void next() {
    if (over_) return;
    const op_options options = draw_options();
    switch (chance_.roll(8)) {
    case 0:
    case 1:
    case 2:
      return write(options);
    case 3:
      return file_.async_sync_data(options, then([](auto...) {}));
    case 4:
      return file_.async_size(options, then([](auto...) {}));
    default:
      return read(options);
    }
  }

  op_options draw_options() {
    op_options out;
    if (chance_.one_in(3)) out.timeout = std::chrono::microseconds(chance_.roll(3000));
    if (chance_.one_in(3)) {
      const std::lock_guard lock(stop_mutex_);
      stop_ = std::stop_source();
      out.stop_token = stop_.get_token();
    }
    if (chance_.one_in(3)) out.priority = priority::high;
    if (chance_.one_in(5)) out.shard = chance_.roll(2);
    return out;
  }

  void write(const op_options& options) {
    std::ranges::fill(buffer_, ++version_);
    known_.reset();
    const auto check = [this](const error_code& failed, std::size_t bytes, auto...) {
      if (!failed && bytes == block && !overtaken_) known_ = version_;
    };
    if (chance_.one_in(2))
      return file_.async_write_some_at(index_ * block, asio::buffer(buffer_), options, then(check));
    owned_buffer mine = pool_.allocate(block);
    std::ranges::copy(std::as_bytes(std::span(buffer_)), mine.data());
    file_.async_write_some_at(index_ * block, std::move(mine), options,
                              then([this, check](const error_code& failed, std::size_t bytes, owned_buffer back) {
                                // The kernel has it still: it may land after whatever is written next.
                                if (!back) overtaken_ = true;
                                check(failed, bytes);
                              }));
  }

  void read(const op_options& options) {
    std::ranges::fill(buffer_, 0);
    const auto check = [this](const error_code& failed, std::size_t bytes) {
      if (failed || !known_) return;
      EXPECT_EQ(bytes, block);
      EXPECT_TRUE(std::ranges::all_of(buffer_, [this](auto each) { return each == *known_; }))
          << "block " << index_ << " has " << buffer_[0] << " instead of " << *known_;
    };
    if (chance_.one_in(2)) return file_.async_read_some_at(index_ * block, asio::buffer(buffer_), options, then(check));
    file_.async_read_some_at(index_ * block, pool_.allocate(block), options,
                             then([this, check](const error_code& failed, std::size_t bytes, owned_buffer mine) {
                               if (mine)
                                 std::ranges::copy(mine.span(), std::as_writable_bytes(std::span(buffer_)).data());
                               check(failed, bytes);
                             }));
  }

  random_access_file& file_;
  const std::size_t index_;
  dice chance_;
  buffer_pool& pool_;
  balance& counted_;
  const std::atomic<bool>& over_;
  asio::strand<asio::any_io_executor> strand_;
  asio::cancellation_signal signal_;
  std::mutex stop_mutex_;
  std::stop_source stop_;
  std::array<std::uint64_t, block / sizeof(std::uint64_t)> buffer_{};
  std::uint64_t version_ = 0;
  bool overtaken_ = false;
  std::optional<std::uint64_t> known_;
};

/// Until there have been so many operations, or for the length of a stress test.
void run(timeout_mode mode, const bridge_options& limits, std::uint64_t operations = 0) {
  const std::uint64_t first = seed();
  dice chance(first);
  const fixtures::temporary_folder folder;
  balance counted;
  std::atomic<bool> over = false;
  buffer_pool buffers({.bytes = 4 << 20});
  shard_group group({.shards = 2, .ring_entries = 16, .timeout_mode = mode});
  asio::thread_pool pool(3);
  bridge link(pool, group, limits);
  std::deque<random_access_file> opened;
  std::deque<client> clients;
  for (std::size_t each = 0; each < files; ++each) {
    const std::string path = folder.make_file("file" + std::to_string(each), clients_per_file * block);
    opened.emplace_back(link, path, open_flags::read_write);
    for (std::size_t index = 0; index < clients_per_file; ++index)
      clients.emplace_back(opened.back(), index, chance.roll(UINT64_MAX), buffers, counted, over);
  }
  for (client& each : clients)
    each.start();
  const auto end = std::chrono::steady_clock::now() + stress_length;
  while (operations > 0 ? counted.answered < operations : std::chrono::steady_clock::now() < end) {
    if (chance.one_in(20)) opened[chance.roll(files)].cancel();
    clients[chance.roll(clients.size())].cancel();
    std::this_thread::sleep_for(100us);
  }
  over = true;
  pool.join();
  counted.expect_even();
  expect_balanced(link.stats());
  group.stop();
  group.join();
  for (const shard_stats& each : group.stats())
    EXPECT_EQ(each.in_flight, 0U);
  EXPECT_EQ(buffers.stats().buffers_in_use, 0U);
}

TEST(exactly_once_under_stress, random_operations_with_linked_timeouts) {
  run(timeout_mode::linked, {.max_ops = 32});
}
TEST(exactly_once_under_stress, random_operations_with_timers) {
  run(timeout_mode::timer, {.max_ops = 48, .max_bytes = 20 * block});
}
TEST(exactly_once_under_stress, a_million_random_operations) {
  run(timeout_mode::timer, {.max_ops = 40}, 1'000'000);
}

} // namespace
} // namespace shardbridge::tests
