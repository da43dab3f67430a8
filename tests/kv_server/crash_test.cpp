// Goal: nothing that was acknowledged is lost, and nothing deleted comes back, wherever between two changes of files a
// store ends, while it commits, adds segments, recovers and compacts.
// Method: a store works on random commands under a crash_watch; what each crash would leave is opened, and compared
// with a map. Only what was being written when it crashed may be there or not.
#include "crash_watch.hpp"
#include "store_run.hpp"

#include "seed.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kv_server {
namespace {

using shardbridge::detail::dice;
using shardbridge::fixtures::temporary_folder;
using verb = key_operation::verb;

constexpr std::size_t keys = 12;

std::string key_of(std::size_t number) {
  return "key" + std::to_string(number);
}

/// What may be found: what was acknowledged, and for some keys what was on its way.
struct expectation {
  key_values acknowledged;
  std::map<std::string, std::set<std::optional<std::string>>> on_their_way;

  void check(store_run& store) const {
    for (std::size_t i = 0; i != keys; ++i) {
      const std::string key = key_of(i);
      const std::optional<std::string> found = store.get(key);
      const auto known = acknowledged.find(key);
      if (found == (known == acknowledged.end() ? std::nullopt : std::optional(known->second))) continue;
      const auto may_be = on_their_way.find(key);
      EXPECT_TRUE(may_be != on_their_way.end() && may_be->second.contains(found))
          << key << " is " << found.value_or("not there") << " and should be "
          << (known == acknowledged.end() ? "deleted" : known->second);
    }
  }
};

store_options small(const std::filesystem::path& folder, file_watch* watch = nullptr) {
  return {.folder = folder, .segment_bytes = 600, .garbage_ratio = 0.3, .watch = watch};
}

/// A few commands at once, of which `now` knows while they are on their way.
void work_a_little(store_run& store, expectation& now, dice& random, int& serial) {
  std::vector<std::pair<std::string, std::optional<std::string>>> writes;
  for (std::size_t count = 1 + random.roll(4); count > 0; --count) {
    const std::string key = key_of(random.roll(keys));
    if (random.one_in(4))
      writes.emplace_back(key, std::nullopt);
    else
      writes.emplace_back(key, std::to_string(++serial) + std::string(random.roll(60), '.'));
  }
  key_work work;
  std::map<std::string, std::set<std::optional<std::string>>> on_their_way;
  for (const auto& [key, value] : writes) {
    on_their_way[key].insert(value);
    work.all.push_back({.what = value ? verb::set : verb::erase,
                        .hash = hash_of(key),
                        .key = key,
                        .value = value ? *value : std::string_view()});
  }
  store.run([&](shardbridge::shard&) { now.on_their_way = std::move(on_their_way); }); // as the watch reads it there
  store.execute(work);
  store.run([&](shardbridge::shard&) {
    now.on_their_way.clear();
    for (const auto& [key, value] : writes) {
      if (value)
        now.acknowledged[key] = *value;
      else
        now.acknowledged.erase(key);
    }
  });
}

TEST(Crash, BetweenAnyTwoChangesOfFiles) {
  const std::uint64_t seed = shardbridge::detail::test_seed();
  TRACE_SEED(seed);
  dice random(seed);
  dice chance(seed + 1); // the shard's
  const temporary_folder folder;
  const temporary_folder left;
  expectation now;
  std::vector<std::pair<std::filesystem::path, expectation>> all;
  crash_watch* watching = nullptr;
  const auto leave_all = [&] {
    for (const crash how : crashes) {
      const auto path = left.path() / std::to_string(all.size());
      watching->leave(path, how, [&] { return chance.one_in(2); });
      all.emplace_back(path, now);
    }
  };
  crash_watch watch(folder.path(), leave_all);
  watching = &watch;
  int serial = 0;
  {
    store_run store(small(folder.path(), &watch));
    for (int i = 0; i != 25; ++i)
      work_a_little(store, now, random, serial);
    store.reopen();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (store.numbers().compacted_segments < 3 && std::chrono::steady_clock::now() < end)
      work_a_little(store, now, random, serial);
    ASSERT_GE(store.numbers().compacted_segments, 3);
    EXPECT_GT(store.numbers().compacted_bytes, 0);
  }
  for (const auto& [path, expected] : all) {
    SCOPED_TRACE(path);
    store_run found(small(path));
    expected.check(found);
    if (HasFailure()) return;
  }
}

// As above, but going on from what a crash has left, again and again.
TEST(Crash, AgainAndAgain) {
  const std::uint64_t seed = shardbridge::detail::test_seed();
  TRACE_SEED(seed);
  dice random(seed);
  dice chance(seed + 1); // the shard's
  const temporary_folder all;
  expectation now;
  int serial = 0;
  std::uint64_t compacted = 0;
  std::filesystem::path folder = all.path() / "0";
  std::filesystem::create_directory(folder);
  for (int round = 1; round <= 40; ++round) {
    SCOPED_TRACE(round);
    const auto next = all.path() / std::to_string(round);
    const crash how = *(crashes.begin() + random.roll(crashes.size()));
    std::size_t left = 1 + random.roll(150);
    expectation then;
    crash_watch* watching = nullptr;
    crash_watch watch(folder, [&] {
      if (left == 0 || --left > 0) return;
      watching->leave(next, how, [&] { return chance.one_in(2); });
      then = now;
    });
    watching = &watch;
    {
      store_run store(small(folder, &watch));
      now.check(store);
      // What the last crash decided is acknowledged by now.
      expectation found;
      for (std::size_t i = 0; i != keys; ++i)
        if (auto value = store.get(key_of(i))) found.acknowledged[key_of(i)] = *value;
      store.run([&](shardbridge::shard&) { now = found; });
      while (!std::filesystem::exists(next) && !testing::Test::HasFailure())
        work_a_little(store, now, random, serial);
      compacted += store.numbers().compacted_segments;
    }
    if (testing::Test::HasFailure()) return;
    now = then;
    folder = next;
  }
  EXPECT_GT(compacted, 0);
}

} // namespace
} // namespace kv_server
