// Goal: whatever is stopped or destroyed under load, everything is answered once. Method: threads that initiate without
// pause while groups and bridges come and go, many times over.
#include "stress.hpp"

#include <support/fifo.hpp>

#include <deque>

namespace shardbridge::tests {
namespace {

/// Repeats `round(chance)` for the length of a stress test.
template <class Round>
void repeat(Round round) {
  dice chance(seed());
  for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;)
    round(chance);
}

TEST(exactly_once_under_stress, a_group_is_stopped_while_threads_initiate) {
  const fifo endless;
  repeat([&](dice& chance) {
    balance counted;
    std::deque<std::array<char, 8>> buffers(3);
    shard_group group({.shards = 2, .ring_entries = 4});
    asio::thread_pool pool(2);
    bridge link(pool, group, {.max_ops = 3});
    random_access_file zeros(link, "/dev/zero", open_flags::read_only);
    random_access_file never(link, endless.path(), open_flags::read_write);
    std::vector<std::jthread> threads;
    for (auto& buffer : buffers)
      threads.emplace_back([&] {
        for (std::size_t each = 0; each < 60; ++each) {
          random_access_file& file = each % 10 == 0 ? never : zeros;
          // The hour is never reached, but a timer that is forgotten would keep the pool at work for as long.
          file.async_read_some_at(0, asio::buffer(buffer), {.timeout = 1h, .shard = each % 2}, counted.handler());
        }
      });
    std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(1000)));
    group.stop();
    threads.clear();
    if (chance.one_in(2)) group.join();
    pool.join();
    counted.expect_even();
    expect_balanced(link.stats());
  });
}

TEST(exactly_once_under_stress, a_group_is_destroyed_under_load) {
  const fifo endless;
  repeat([&](dice& chance) {
    balance counted;
    std::array<char, 8> buffer{};
    auto group = std::make_unique<shard_group>(shard_group_options{.ring_entries = 4});
    asio::thread_pool pool(2);
    bridge link(pool, *group, {.max_ops = 16});
    random_access_file never(link, endless.path(), open_flags::read_write);
    std::jthread initiator([&] {
      for (int each = 0; each < 60; ++each)
        never.async_read_some_at(0, asio::buffer(buffer), counted.handler());
    });
    std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(500)));
    group.reset();
    initiator.join();
    pool.join();
    counted.expect_even();
  });
}

TEST(exactly_once_under_stress, bridges_and_files_come_and_go) {
  balance counted;
  std::array<char, 8> buffer{};
  const fifo endless;
  shard_group group({.shards = 2});
  asio::thread_pool pool(2);
  std::vector<std::jthread> threads;
  const std::uint64_t first = seed();
  for (std::uint64_t each = 0; each < 3; ++each)
    threads.emplace_back([&, each] {
      dice chance(first + each);
      for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
        bridge link(pool, group, {.max_ops = 4});
        random_access_file never(link, endless.path(), open_flags::read_write);
        for (std::uint64_t count = chance.roll(8); count > 0; --count)
          never.async_read_some_at(0, asio::buffer(buffer), counted.handler());
        if (chance.one_in(2)) never.async_size(counted.handler());
        if (chance.one_in(2)) never.async_close(counted.handler());
      }
    });
  threads.clear();
  pool.join();
  counted.expect_even();
}

TEST(exactly_once_under_stress, contexts_are_destroyed_under_load) {
  const fifo endless;
  repeat([&](dice& chance) {
    auto alive = std::make_shared<int>();
    std::array<char, 8> buffer{};
    shard_group group({.ring_entries = 4});
    auto pool = std::make_unique<asio::thread_pool>(2);
    bridge link(*pool, group, {.max_ops = 8});
    random_access_file never(link, endless.path(), open_flags::read_write);
    random_access_file zeros(link, "/dev/zero", open_flags::read_only);
    std::jthread([&] { // the initiating thread is not the one that destroys
      for (int each = 0; each < 40; ++each)
        (each % 2 == 0 ? zeros : never)
            .async_read_some_at(0, asio::buffer(buffer), [alive](const error_code&, std::size_t) {});
    })
        .join();
    std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(300)));
    pool.reset();
    EXPECT_EQ(alive.use_count(), 1);
  });
}

} // namespace
} // namespace shardbridge::tests
