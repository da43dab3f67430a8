// Goal: the designs of other systems, rebuilt for comparison, lose nothing, and are engines as any other where they are
// named. Method: queues stepped by hand and from two threads, short runs of the program.

#include "handoff/options.hpp"
#include "program.hpp"
#include "reference/queues.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace shardbridge::bench {
namespace {

constexpr const char* every_design = "design-wake-each,design-locked-queue,design-shared-ring";

std::vector<std::uint64_t> numbers_of(request_list list) {
  std::vector<std::uint64_t> numbers;
  while (!list.empty())
    numbers.push_back(list.pop_front().offset);
  return numbers;
}

/// Requests that are told apart by their offsets.
struct requests {
  explicit requests(std::uint64_t many) : all(many) {
    for (std::uint64_t i = 0; i != many; ++i)
      all[i].offset = i;
  }
  request_list list(std::uint64_t first, std::uint64_t last) {
    request_list made;
    for (std::uint64_t i = first; i <= last; ++i)
      made.push_back(all[i]);
    return made;
  }

  std::deque<reference_request> all;
};

TEST(request_list, keeps_order) {
  requests of(5);
  request_list list = of.list(1, 2);
  list.append(of.list(3, 4));
  list.append({});
  list.push_front(of.all[0]);
  EXPECT_EQ(numbers_of(list.take()), (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(list.empty());
  list.push_front(of.all[2]);
  list.push_back(of.all[3]);
  EXPECT_EQ(numbers_of(list), (std::vector<std::uint64_t>{2, 3}));
}

template <class Queue>
int wakes_of(Queue& queue, request_list batch) {
  int wakes = 0;
  queue.send(batch, [&] { ++wakes; });
  return wakes;
}

TEST(wake_each_queue, owes_a_wake_for_every_request) {
  requests of(4);
  wake_each_queue queue;
  EXPECT_EQ(wakes_of(queue, of.list(0, 2)), 3);
  EXPECT_EQ(wakes_of(queue, of.list(3, 3)), 1);
  EXPECT_EQ(wakes_of(queue, {}), 0);
  EXPECT_EQ(numbers_of(queue.take()), (std::vector<std::uint64_t>{0, 1, 2, 3}));
  EXPECT_TRUE(queue.take().empty());
}

TEST(locked_queue, owes_a_wake_for_what_comes_when_it_is_empty) {
  requests of(4);
  locked_queue queue;
  EXPECT_EQ(wakes_of(queue, of.list(0, 1)), 1);
  EXPECT_EQ(wakes_of(queue, of.list(2, 2)), 0);
  EXPECT_EQ(wakes_of(queue, {}), 0);
  EXPECT_EQ(numbers_of(queue.take()), (std::vector<std::uint64_t>{0, 1, 2}));
  EXPECT_EQ(wakes_of(queue, of.list(3, 3)), 1);
}

template <class Queue>
void lose_nothing_between_threads() {
  constexpr std::uint64_t each = 20000;
  Queue queue;
  std::array of{requests(each), requests(each)};
  std::atomic<std::uint64_t> wakes{0};
  std::vector<std::jthread> senders;
  for (requests& mine : of)
    senders.emplace_back([&] {
      for (std::uint64_t i = 0; i != each; ++i) {
        mine.all[i].file = &mine == of.data() ? 0 : 1;
        queue.send(request_list(mine.all[i]), [&] { wakes.fetch_add(1, std::memory_order_relaxed); });
      }
    });
  std::array<std::uint64_t, 2> next{};
  while (next[0] + next[1] != 2 * each) {
    request_list taken = queue.take();
    while (!taken.empty()) {
      const reference_request& one = taken.pop_front();
      ASSERT_EQ(one.offset, next[static_cast<std::size_t>(one.file)]++) << "of a sender in order";
    }
  }
  senders.clear();
  EXPECT_TRUE(queue.take().empty());
  EXPECT_GT(wakes.load(), 0U);
  EXPECT_LE(wakes.load(), 2 * each);
}

TEST(wake_each_queue, loses_nothing_between_threads) {
  lose_nothing_between_threads<wake_each_queue>();
}

TEST(locked_queue, loses_nothing_between_threads) {
  lose_nothing_between_threads<locked_queue>();
}

std::map<std::string, int> rows_of(const nlohmann::json& results) {
  std::map<std::string, int> rows;
  for (const auto& row : results.at("results")) {
    ++rows[row.at("engine").get<std::string>()];
    EXPECT_GT(row.at("operations"), 0) << row;
    EXPECT_EQ(row.at("errors"), 0) << row;
  }
  return rows;
}

TEST(reference, handoff_measures_designs_that_are_named) {
  const auto result =
      run_program({"handoff", "--engine", every_design, "--depth", "1,64", "--producers", "8", "--shards", "1,2",
                   "--client-threads", "2", "--seconds", "0.04", "--rounds", "1", "--quiet", "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("design-locked-queue"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(rows_of(json), (std::map<std::string, int>{
                               {"design-locked-queue", 4}, {"design-shared-ring", 4}, {"design-wake-each", 4}}));
  for (const auto& row : json.at("results")) {
    EXPECT_EQ(row.at("initiated"), row.at("operations")) << row;
    for (const char* leg : {"request_wait", "ring", "reply_wait"})
      EXPECT_FALSE(row.at("legs").at(leg).is_null()) << leg << row;
  }
}

TEST(reference, handoff_leaves_designs_out_unless_they_are_named) {
  const handoff_texts texts;
  EXPECT_EQ(texts.engines.find("design"), std::string::npos);
  const auto help = run_program({"handoff", "--help"});
  EXPECT_NE(help.out.find("Designs of other systems"), std::string::npos);
}

TEST(reference, offload_reads_and_writes_verified_blocks_through_designs) {
  const auto result =
      run_program({"offload", "--engine",  every_design, "--no-direct", "--size",   "1M",      "--rw",
                   "mixed",   "--verify",  "--depth",    "1,16",        "--shards", "2",       "--client-threads",
                   "2",       "--seconds", "0.05",       "--rounds",    "2",        "--quiet", "--json",
                   "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(
      rows_of(nlohmann::json::parse(result.out)),
      (std::map<std::string, int>{{"design-locked-queue", 2}, {"design-shared-ring", 2}, {"design-wake-each", 2}}));
}

} // namespace
} // namespace shardbridge::bench
