// Goal: the jobs of the thread-pool driver are found by name as long as they last; who waits for a descriptor is known,
// in order, and for what. What workers have done comes back once, oldest first.
// Method: the tables alone, stepped; threads that push together.
#include <shard_side/done_stack.hpp>
#include <shard_side/pool_job.hpp>
#include <shard_side/waiter_table.hpp>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include <sys/epoll.h>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

submission on(int fd) {
  submission what{.code = op_code::read};
  what.fd = fd;
  return what;
}

constexpr token name(std::uint32_t index, std::uint32_t generation = 1) {
  return {generation, index, cqe_kind::operation};
}

TEST(job_table, finds_a_job_as_long_as_it_lasts) {
  job_table jobs(4);
  EXPECT_EQ(jobs.find(name(1)), nullptr) << "never begun";
  pool_job& job = jobs.begin(name(1), on(7));
  EXPECT_EQ(jobs.find(name(1)), &job);
  EXPECT_EQ(jobs.find(name(1).as(cqe_kind::cancel)), &job) << "by the slot's name, of whatever kind";
  EXPECT_EQ(jobs.find(name(1, 2)), nullptr) << "another use of the slot";
  EXPECT_EQ(jobs.find(name(2)), nullptr);
  EXPECT_EQ(jobs.find(name(4)), nullptr) << "no slot";
  job.where = pool_job::place::nowhere;
  EXPECT_EQ(jobs.find(name(1)), nullptr) << "it has ended";
}

TEST(job_table, begins_anew_with_nothing_of_the_former) {
  job_table jobs(1);
  pool_job& first = jobs.begin(name(0), on(7));
  first.cancelled = true;
  first.moved = 5;
  first.where = pool_job::place::nowhere;
  const pool_job& second = jobs.begin(name(0, 2), on(8));
  EXPECT_FALSE(second.cancelled);
  EXPECT_EQ(second.moved, 0U);
  EXPECT_EQ(second.what.fd, 8);
}

TEST(waiter_table, keeps_who_waits_for_what_in_order) {
  job_table jobs(4);
  waiter_table tested;
  const auto waits = [&](std::uint32_t index, int fd, std::uint32_t events) -> pool_job& {
    pool_job& job = jobs.begin(name(index), on(fd));
    job.awaits = events;
    tested.add(job);
    return job;
  };
  EXPECT_EQ(tested.first(5), nullptr);
  EXPECT_EQ(tested.awaited(5), 0U);
  EXPECT_EQ(tested.first(-1), nullptr);
  pool_job& first = waits(0, 5, EPOLLIN);
  pool_job& second = waits(1, 5, EPOLLOUT);
  pool_job& other = waits(2, 900, EPOLLPRI);
  EXPECT_EQ(tested.size(), 3U);
  EXPECT_EQ(tested.first(5), &first);
  EXPECT_EQ(first.next, &second);
  EXPECT_EQ(tested.awaited(5), EPOLLIN | EPOLLOUT);
  EXPECT_EQ(tested.awaited(900), EPOLLPRI);
  tested.remove(first);
  EXPECT_EQ(tested.first(5), &second);
  EXPECT_EQ(tested.awaited(5), static_cast<std::uint32_t>(EPOLLOUT));
  tested.remove(second);
  tested.remove(other);
  EXPECT_EQ(tested.size(), 0U);
  EXPECT_EQ(tested.first(5), nullptr);
}

TEST(waiter_table, remembers_what_epoll_has) {
  job_table jobs(1);
  waiter_table tested;
  EXPECT_FALSE(tested.registered(5));
  EXPECT_FALSE(tested.registered(-1));
  tested.add(jobs.begin(name(0), on(5)));
  EXPECT_FALSE(tested.registered(5));
  tested.set_registered(5, true);
  EXPECT_TRUE(tested.registered(5));
  EXPECT_FALSE(tested.registered(4));
}

TEST(done_stack, gives_all_oldest_first) {
  done_stack tested;
  EXPECT_EQ(tested.take_all(), nullptr);
  std::deque<pool_job> jobs(3);
  for (pool_job& each : jobs)
    tested.push(each);
  const pool_job* taken = tested.take_all();
  for (const pool_job& each : jobs) {
    ASSERT_EQ(taken, &each);
    taken = taken->next;
  }
  EXPECT_EQ(taken, nullptr);
  EXPECT_EQ(tested.take_all(), nullptr);
}

TEST(done_stack, loses_nothing_of_what_threads_push_together) {
  constexpr std::size_t threads = 4, each = 20'000;
  done_stack tested;
  std::deque<std::deque<pool_job>> jobs(threads);
  std::vector<std::jthread> pushing;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    jobs[thread].resize(each);
    pushing.emplace_back([&tested, &own = jobs[thread]] {
      std::int32_t result = 0;
      for (pool_job& job : own) {
        job.result = ++result;
        tested.push(job);
      }
    });
  }
  std::size_t taken = 0;
  std::int64_t sum = 0;
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
       taken < threads * each && std::chrono::steady_clock::now() < end;)
    for (const pool_job* job = tested.take_all(); job != nullptr; job = job->next) {
      ++taken;
      sum += job->result;
    }
  EXPECT_EQ(taken, threads * each);
  EXPECT_EQ(sum, static_cast<std::int64_t>(threads * each * (each + 1) / 2));
}

} // namespace
} // namespace shardbridge::detail
