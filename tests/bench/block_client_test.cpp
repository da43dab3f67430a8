// Goal: clients choose the blocks they should, keep apart where they must, and account for every outcome.
// Method: clients driven by hand, over a load without a file.

#include "common/block_format.hpp"
#include "offload/block_client.hpp"
#include "offload/round.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>
#include <thread>
#include <vector>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t block = 512;

workload small(rw_mode rw, std::uint64_t blocks) {
  workload what;
  what.size = blocks * block;
  what.block = block;
  what.rw = rw;
  return what;
}

struct fixture {
  explicit fixture(workload what, block_ledger* ledger = nullptr) : shared(std::move(what), ledger), buffer(block) {
    shared.end = bench_clock::now() + 1h;
  }
  load shared;
  std::vector<std::byte> buffer;
};

TEST(block_client, sequential_clients_share_one_cursor_and_wrap) {
  fixture f(small(rw_mode::read, 3));
  block_client one(f.shared, 0, f.buffer);
  block_client two(f.shared, 1, f.buffer);
  std::vector<std::uint64_t> offsets;
  for (auto* client : {&one, &two, &one, &two}) {
    ASSERT_TRUE(client->next());
    EXPECT_FALSE(client->is_write());
    offsets.push_back(client->offset());
    client->completed(block);
  }
  EXPECT_EQ(offsets, (std::vector<std::uint64_t>{0, block, 2 * block, 0}));
}

TEST(block_client, a_stream_goes_through_a_part_of_its_own) {
  workload what = small(rw_mode::read, 7);
  what.depth = 2;
  what.own_parts = true;
  fixture f(what);
  block_client one(f.shared, 0, f.buffer);
  block_client two(f.shared, 1, f.buffer);
  std::vector<std::uint64_t> blocks;
  for (auto* client : {&one, &one, &two, &one, &one, &two}) {
    ASSERT_TRUE(client->next());
    blocks.push_back(client->offset() / block);
    client->completed(block);
  }
  EXPECT_EQ(blocks, (std::vector<std::uint64_t>{0, 1, 3, 2, 0, 4}));
}

TEST(block_client, random_clients_reach_every_block_and_none_beyond) {
  fixture f(small(rw_mode::randread, 16));
  block_client client(f.shared, 0, f.buffer);
  std::set<std::uint64_t> offsets;
  for (int i = 0; i != 1000; ++i) {
    ASSERT_TRUE(client.next());
    EXPECT_EQ(client.offset() % block, 0U);
    offsets.insert(client.offset());
    client.completed(block);
  }
  EXPECT_EQ(offsets.size(), 16U);
  EXPECT_EQ(*offsets.rbegin(), 15 * block);
}

TEST(block_client, the_seed_decides_the_order) {
  const auto first_offsets = [](std::uint64_t seed, unsigned index) {
    auto what = small(rw_mode::randread, 1 << 20);
    what.seed = seed;
    fixture f(what);
    block_client client(f.shared, index, f.buffer);
    std::vector<std::uint64_t> offsets;
    for (int i = 0; i != 8 && client.next(); ++i) {
      offsets.push_back(client.offset());
      client.completed(block);
    }
    return offsets;
  };
  EXPECT_EQ(first_offsets(1, 0), first_offsets(1, 0));
  EXPECT_NE(first_offsets(1, 0), first_offsets(2, 0));
  EXPECT_NE(first_offsets(1, 0), first_offsets(1, 1));
}

TEST(block_client, mixed_is_about_half_writes) {
  fixture f(small(rw_mode::mixed, 64));
  block_client client(f.shared, 0, f.buffer);
  int written = 0;
  for (int i = 0; i != 1000; ++i) {
    ASSERT_TRUE(client.next());
    written += client.is_write() ? 1 : 0;
    client.completed(block);
  }
  EXPECT_GT(written, 400);
  EXPECT_LT(written, 600);
}

TEST(block_client, the_round_ends_in_time) {
  fixture f(small(rw_mode::randread, 4));
  block_client client(f.shared, 0, f.buffer);
  f.shared.end = bench_clock::now() + 1ms;
  ASSERT_TRUE(client.next());
  std::this_thread::sleep_for(2ms);
  client.completed(block);
  EXPECT_FALSE(client.next());
}

TEST(block_client, every_outcome_is_counted_once) {
  fixture f(small(rw_mode::randread, 4));
  block_client client(f.shared, 0, f.buffer);
  for (int i = 0; i != 5; ++i) {
    ASSERT_TRUE(client.next());
    switch (i) {
    case 0:
      client.completed(block);
      break;
    case 1:
      client.completed(block - 1);
      break;
    case 2:
      client.timed_out();
      break;
    case 3:
      client.cancelled();
      break;
    default:
      client.failed("broken");
      break;
    }
  }
  const account sum = f.shared.accounts.take();
  EXPECT_EQ(sum.operations, 1U);
  EXPECT_EQ(sum.bytes, block);
  EXPECT_EQ(sum.latency.count(), 1U);
  EXPECT_EQ(sum.timeouts, 1U);
  EXPECT_EQ(sum.cancelled, 1U);
  EXPECT_EQ(sum.errors, 2U);
  ASSERT_EQ(sum.messages.size(), 2U);
  EXPECT_NE(sum.messages[0].find("short read of 511 bytes"), std::string::npos);
  EXPECT_NE(sum.messages[1].find("broken"), std::string::npos);
  EXPECT_EQ(f.shared.accounts.take().operations, 0U);
}

TEST(block_client, verified_reads_find_wrong_blocks) {
  auto what = small(rw_mode::read, 2);
  what.verify = true;
  fixture f(what);
  block_client client(f.shared, 0, f.buffer);
  ASSERT_TRUE(client.next());
  fill_block(f.buffer, client.offset(), 1, 1);
  client.completed(block);
  ASSERT_TRUE(client.next());
  client.completed(block); // still the first block's contents
  const account sum = f.shared.accounts.take();
  EXPECT_EQ(sum.operations, 2U);
  EXPECT_EQ(sum.wrong_blocks, 1U);
  ASSERT_EQ(sum.messages.size(), 1U);
  EXPECT_EQ(sum.messages[0], "the block at 512 says it belongs to 0");
}

TEST(block_client, verified_writers_keep_off_each_other_and_find_lost_writes) {
  auto what = small(rw_mode::mixed, 2);
  what.verify = true;
  auto ledger = block_ledger::create(2);
  fixture f(what, &ledger);
  std::vector<std::byte> other_buffer(block);
  block_client one(f.shared, 0, f.buffer);
  block_client two(f.shared, 1, other_buffer);
  for (int i = 0; i != 100; ++i) {
    ASSERT_TRUE(one.next());
    ASSERT_TRUE(two.next());
    EXPECT_NE(one.offset(), two.offset());
    // Writes are said to succeed but nothing is kept: every read finds version 1.
    for (auto* client : {&one, &two}) {
      if (!client->is_write()) fill_block(client->buffer(), client->offset(), 1, 1);
      client->completed(block);
    }
  }
  EXPECT_GT(f.shared.accounts.take().wrong_blocks, 0U);
}

TEST(account, takes_over_what_went_wrong_alone) {
  account sum, other;
  other.operations = 5;
  other.timeouts = 1;
  other.errors = 2;
  other.wrong_blocks = 3;
  other.note("broken");
  sum.merge_faults(other);
  EXPECT_EQ(sum.operations + sum.timeouts, 0U);
  EXPECT_EQ(sum.errors, 2U);
  EXPECT_EQ(sum.wrong_blocks, 3U);
  EXPECT_EQ(sum.messages, std::vector<std::string>{"broken"});
}

TEST(account_set, sums_what_threads_did) {
  account_set accounts;
  std::vector<std::thread> threads;
  for (int i = 0; i != 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n != 1000; ++n)
        ++accounts.local().operations;
    });
  for (auto& thread : threads)
    thread.join();
  ++accounts.local().operations;
  EXPECT_EQ(accounts.take().operations, 4001U);
  ++accounts.local().operations;
  EXPECT_EQ(accounts.take().operations, 1U);
}

TEST(round_result, crosses_a_pipe) {
  round_result result;
  result.seconds = 0.5;
  result.usage = {.user_seconds = 0.0625, .system_seconds = 0.1875, .voluntary_switches = 7, .involuntary_switches = 2};
  result.io_wq_seconds = 0.125;
  result.syscalls_per_op = 0.5;
  result.due = 9;
  result.offering_seconds = 0.4375;
  result.totals.operations = 3;
  result.totals.bytes = 3 * block;
  result.totals.errors = 1;
  result.totals.wrong_blocks = 2;
  result.totals.note("something \"quoted\"\n");
  for (const int time : {10, 20'000, 3'000'000})
    result.totals.latency.record(std::chrono::nanoseconds(time));
  const auto copy = nlohmann::json::parse(nlohmann::json(result).dump()).get<round_result>();
  EXPECT_EQ(nlohmann::json(copy), nlohmann::json(result));
  EXPECT_DOUBLE_EQ(copy.iops(), 6);
  EXPECT_DOUBLE_EQ(copy.cpu_s_per_million(), 0.25e6 / 3);
  EXPECT_EQ(copy.not_begun(), 5U) << "an error was one that was begun";
  EXPECT_EQ(copy.syscalls_per_op, 0.5);
  result.syscalls_per_op.reset();
  EXPECT_FALSE(nlohmann::json(result).get<round_result>().syscalls_per_op);
}

} // namespace
} // namespace shardbridge::bench
