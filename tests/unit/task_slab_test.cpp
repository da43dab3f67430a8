// Goal: an id finds its task as long as that lasts, and never another; a slab that is full says so. Method: tasks that
// are numbers, which come and go.
#include <shardbridge/detail/task_slab.hpp>

#include "seed.hpp"

#include <algorithm>
#include <map>
#include <new>
#include <set>
#include <sstream>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

task_id insert(task_slab<int>& into, int& task) {
  into.make_room();
  return into.insert(task);
}

TEST(task_slab, finds_what_has_not_been_erased) {
  task_slab<int> slab(2);
  int a = 0, b = 0;
  const task_id first = insert(slab, a), second = insert(slab, b);
  EXPECT_EQ(slab.find(first), &a);
  EXPECT_EQ(slab.find(second), &b);
  slab.erase(first);
  EXPECT_EQ(slab.find(first), nullptr);
  EXPECT_EQ(slab.find(second), &b);
  EXPECT_EQ(slab.begun(), 2U);
}

TEST(task_slab, does_not_find_who_has_the_slot_of_another) {
  task_slab<int> slab(0);
  int a = 0, b = 0;
  const task_id first = insert(slab, a);
  slab.erase(first);
  const task_id second = insert(slab, b);
  ASSERT_EQ(second.slot(), first.slot()) << "what was freed last goes first";
  EXPECT_EQ(slab.find(first), nullptr);
  EXPECT_EQ(slab.find(second), &b);
}

TEST(task_slab, finds_nothing_by_ids_from_elsewhere) {
  task_slab<int> slab(1);
  int a = 0;
  EXPECT_EQ(slab.find(task_id()), nullptr) << "there is no slot yet";
  const task_id mine = insert(slab, a);
  EXPECT_EQ(slab.find(task_id()), nullptr);
  EXPECT_EQ(slab.find(task_id(0, 0, mine.generation())), nullptr) << "of another shard";
  EXPECT_EQ(slab.find(task_id(1, 1, mine.generation())), nullptr) << "in another slot";
  EXPECT_EQ(slab.find(task_id(1, 1'000'000, mine.generation())), nullptr);
  slab.erase(mine);
  for (std::uint64_t tag = 0; tag < 2000; ++tag)
    EXPECT_EQ(slab.find(task_id(1, 0, tag)), nullptr) << "what chains free slots is no generation";
}

TEST(task_slab, never_gives_an_id_again) {
  task_slab<int> slab(0);
  int a = 0;
  std::unordered_set<task_id> all;
  for (int each = 0; each < 100'000; ++each) {
    const task_id id = insert(slab, a);
    EXPECT_TRUE(all.insert(id).second);
    slab.erase(id);
  }
  EXPECT_EQ(std::ranges::max(all, {}, &task_id::slot).slot(), 0U) << "one slot was enough";
}

TEST(task_slab, throws_where_it_is_full_and_goes_on_when_there_is_room) {
  constexpr std::uint32_t most = 1500; // more than a chunk
  task_slab<int> slab(0, most);
  int a = 0;
  std::vector<task_id> ids;
  for (std::uint32_t each = 0; each < most; ++each)
    ids.push_back(insert(slab, a));
  EXPECT_THROW(slab.make_room(), std::bad_alloc);
  EXPECT_THROW(slab.make_room(), std::bad_alloc);
  for (const task_id& each : ids)
    EXPECT_EQ(slab.find(each), &a);
  slab.erase(ids[700]);
  int b = 0;
  const task_id last = insert(slab, b);
  EXPECT_EQ(slab.find(last), &b);
  EXPECT_EQ(slab.find(ids[700]), nullptr);
  EXPECT_THROW(slab.make_room(), std::bad_alloc);
}

TEST(task_slab, is_a_map_of_what_lives_whatever_comes_and_goes) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  dice random(seed);
  task_slab<int> slab(3);
  std::vector<int> tasks(3000);
  std::map<task_id, int*> living;
  std::vector<task_id> ended;
  for (int step = 0; step < 30'000; ++step) {
    const bool grows = step % 6000 < 3500;
    if (living.empty() || (living.size() < tasks.size() && random.one_in(4) != grows)) {
      int& task = tasks[random.roll(tasks.size())];
      living.emplace(insert(slab, task), &task);
    } else {
      const std::size_t near = random.roll(std::min<std::size_t>(living.size(), 50));
      const auto which = std::next(living.begin(), static_cast<std::ptrdiff_t>(near));
      slab.erase(which->first);
      ended.push_back(which->first);
      living.erase(which);
    }
  }
  for (const auto& [id, task] : living)
    EXPECT_EQ(slab.find(id), task);
  for (const task_id& each : ended)
    EXPECT_EQ(slab.find(each), nullptr);
}

TEST(task_ids, are_values) {
  const task_id none, first(0, 7, 1), second(0, 3, 2), elsewhere(1, 7, 1);
  EXPECT_FALSE(none);
  EXPECT_TRUE(first);
  EXPECT_EQ(first, task_id(0, 7, 1));
  EXPECT_LT(first, second) << "in the order in which they were begun";
  EXPECT_LT(second, elsewhere);
  EXPECT_EQ((std::set<task_id>{second, first, none, first}.size()), 3U);
  EXPECT_NE(std::hash<task_id>()(first), std::hash<task_id>()(elsewhere));
  std::ostringstream out;
  out << first << ' ' << elsewhere << ' ' << none;
  EXPECT_EQ(out.str(), "0/7#1 1/7#1 none");
}

} // namespace
} // namespace shardbridge::detail
