// Goal: operations are lent times at the rate asked for and never more than there are, and what is recorded is what
// they passed.
// Method: operations that never run, with made-up stations; then threads that borrow while another delivers.
#include "test_operation.hpp"

#include <bridge/latency_sampler.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using namespace std::chrono_literals;

std::chrono::steady_clock::time_point at(std::chrono::nanoseconds time) {
  return std::chrono::steady_clock::time_point(time);
}

/// What the sampler lends to a new operation.
op_times* borrow(latency_sampler& sampler) {
  test_operation op;
  sampler.maybe_lend(op);
  return op.times;
}

/// The count of each leg, in the order of the way, then that of the total.
std::vector<std::uint64_t> counts(const latency_sampler& sampler) {
  const bridge_latencies all = sampler.snapshot();
  return {all.waiting.count(),   all.lane.count(),  all.backlog.count(),
          all.in_kernel.count(), all.reply.count(), all.total.count()};
}
using count_list = std::vector<std::uint64_t>;

TEST(latency_sampler, times_no_operation_at_0) {
  latency_sampler sampler(0);
  for (int each = 0; each < 1000; ++each)
    EXPECT_EQ(borrow(sampler), nullptr);
  const op_times theirs;
  EXPECT_FALSE(sampler.lent(&theirs));
  EXPECT_FALSE(sampler.lent(nullptr));
  EXPECT_EQ(counts(sampler), count_list(6, 0));
}

TEST(latency_sampler, times_each_operation_at_1) {
  latency_sampler sampler(1);
  for (int each = 0; each < 1000; ++each) {
    op_times* const lent = borrow(sampler);
    ASSERT_TRUE(sampler.lent(lent));
    lent->initiated = at(1ns);
    lent->delivered = at(2ns);
    sampler.give_back(lent);
  }
  EXPECT_EQ(counts(sampler), (count_list{0, 0, 0, 0, 0, 1000}));
}

TEST(latency_sampler, leaves_the_users_times_alone) {
  latency_sampler sampler(1);
  test_operation op;
  op_times theirs;
  op.times = &theirs;
  sampler.maybe_lend(op);
  EXPECT_EQ(op.times, &theirs);
  EXPECT_FALSE(sampler.lent(&theirs));
  EXPECT_FALSE(sampler.lent(nullptr));
}

TEST(latency_sampler, of_another_bridge_did_not_lend_them) {
  latency_sampler one(1);
  latency_sampler other(1);
  EXPECT_TRUE(one.lent(borrow(one)));
  EXPECT_FALSE(one.lent(borrow(other)));
}

TEST(latency_sampler, lends_no_more_than_it_has) {
  latency_sampler sampler(1);
  std::set<op_times*> out;
  for (std::size_t each = 0; each < times_pool::size; ++each) {
    op_times* const lent = borrow(sampler);
    ASSERT_TRUE(sampler.lent(lent));
    EXPECT_TRUE(out.insert(lent).second) << "lent twice";
  }
  EXPECT_EQ(borrow(sampler), nullptr);
  op_times* const dropped = *out.begin();
  sampler.drop(dropped);
  EXPECT_EQ(borrow(sampler), dropped);
  EXPECT_EQ(borrow(sampler), nullptr);
  EXPECT_EQ(counts(sampler), count_list(6, 0));
}

TEST(latency_sampler, records_leg_by_leg) {
  latency_sampler sampler(1);
  op_times* const lent = borrow(sampler);
  *lent = {.initiated = at(100ns),
           .admitted = at(101ns),
           .taken = at(103ns),
           .submitted = at(106ns),
           .completed = at(110ns),
           .delivered = at(115ns)};
  sampler.give_back(lent);
  EXPECT_EQ(counts(sampler), count_list(6, 1));
  const bridge_latencies legs = sampler.snapshot();
  EXPECT_EQ(legs.waiting.sum(), 1ns);
  EXPECT_EQ(legs.lane.sum(), 2ns);
  EXPECT_EQ(legs.backlog.sum(), 3ns);
  EXPECT_EQ(legs.in_kernel.sum(), 4ns);
  EXPECT_EQ(legs.reply.sum(), 5ns);
  EXPECT_EQ(legs.total.sum(), 15ns);
}

TEST(latency_sampler, records_no_leg_that_was_not_gone) {
  latency_sampler sampler(1);
  op_times* call = borrow(sampler);
  *call = {.initiated = at(1ns), .admitted = at(2ns), .taken = at(3ns), .completed = at(4ns), .delivered = at(5ns)};
  sampler.give_back(call);
  EXPECT_EQ(counts(sampler), (count_list{1, 1, 0, 0, 1, 1}));
  op_times* const never_admitted = borrow(sampler);
  EXPECT_EQ(never_admitted->taken, at(0ns)) << "not cleared of what another operation left";
  never_admitted->initiated = at(1ns);
  never_admitted->delivered = at(2ns);
  sampler.give_back(never_admitted);
  EXPECT_EQ(counts(sampler), (count_list{1, 1, 0, 0, 1, 2}));
}

/// Operations on their way from threads that initiate to the one that delivers, one place a thread.
class way {
 public:
  void send(op_times* lent) {
    while (there_.load(std::memory_order_relaxed) != nullptr)
      std::this_thread::yield();
    there_.store(lent, std::memory_order_release);
  }
  op_times* receive() { return there_.exchange(nullptr, std::memory_order_acquire); }

 private:
  std::atomic<op_times*> there_{nullptr};
};

TEST(latency_sampler, threads_borrow_while_one_delivers) {
  constexpr std::size_t threads = 3;
  constexpr std::uint64_t sent = 20'000;
  latency_sampler sampler(2);
  std::vector<way> ways(threads);
  std::atomic<std::size_t> running = threads;
  std::atomic<std::uint64_t> dropped{0};
  std::vector<std::jthread> initiators;
  initiators.reserve(threads);
  for (way& mine : ways) {
    initiators.emplace_back([&] {
      for (std::uint64_t count = 0; count < sent;) {
        op_times* const lent = borrow(sampler);
        if (lent == nullptr) continue;
        // Another one who has the same would write here too.
        EXPECT_EQ(lent->initiated, at(0ns));
        lent->initiated = at(1ns);
        lent->delivered = at(3ns);
        if (++count % 16 != 0) {
          mine.send(lent);
          continue;
        }
        dropped.fetch_add(1);
        sampler.drop(lent);
      }
      running.fetch_sub(1);
    });
  }

  std::uint64_t delivered = 0;
  for (bool last = false; !last;) {
    last = running.load() == 0;
    for (way& each : ways) {
      op_times* const lent = each.receive();
      if (lent == nullptr) continue;
      ++delivered;
      sampler.give_back(lent);
    }
    std::this_thread::yield();
  }
  EXPECT_EQ(delivered + dropped.load(), threads * sent);
  EXPECT_EQ(counts(sampler), (count_list{0, 0, 0, 0, 0, delivered}));
  EXPECT_EQ(sampler.snapshot().total.sum(), 2ns * static_cast<std::int64_t>(delivered));
  for (std::size_t each = 0; each < times_pool::size;)
    each += borrow(sampler) != nullptr ? 1 : 0;
  for (int each = 0; each < 100; ++each)
    EXPECT_EQ(borrow(sampler), nullptr) << "one was given back twice";
}

} // namespace
} // namespace shardbridge::detail
