// Goal: the engine gives what it was given, in the order of each client, before and after it is opened anew.
// Method: a store on a real shard and real files, asked one by one and in batches.
#include "store_run.hpp"

#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace kv_server {
namespace {

using shardbridge::fixtures::temporary_folder;
using verb = key_operation::verb;
using outcome = key_operation::outcome;

key_operation ask(verb what, std::string_view key, std::string_view value = {}) {
  return {.what = what, .hash = hash_of(key), .key = key, .value = value};
}

TEST(Store, KeepsWhatItIsGiven) {
  const temporary_folder folder;
  store_run store(folder.path());
  EXPECT_EQ(store.get("a"), std::nullopt);
  EXPECT_EQ(store.set("a", "1"), "");
  EXPECT_EQ(store.set("", ""), "");
  EXPECT_EQ(store.set(std::string("\0\r\n", 3), std::string(3000, '\0')), "");
  EXPECT_EQ(store.get("a"), "1");
  EXPECT_EQ(store.get(""), "");
  EXPECT_EQ(store.get(std::string("\0\r\n", 3)), std::string(3000, '\0'));
  EXPECT_TRUE(store.exists("a"));
  EXPECT_TRUE(store.erase("a"));
  EXPECT_FALSE(store.erase("a"));
  EXPECT_FALSE(store.exists("a"));
  EXPECT_EQ(store.get("a"), std::nullopt);
  store.reopen();
  EXPECT_FALSE(store.exists("a"));
  EXPECT_EQ(store.get(""), "");
  EXPECT_EQ(store.numbers().keys, 2);
  EXPECT_EQ(store.numbers().torn_bytes, 0);
}

TEST(Store, ABatchSeesItsOwnWritesInOrder) {
  const temporary_folder folder;
  store_run store(folder.path());
  key_work work;
  work.all = {ask(verb::set, "k", "1"),  ask(verb::get, "k"),      ask(verb::set, "k", "2"), ask(verb::exists, "k"),
              ask(verb::erase, "k"),     ask(verb::erase, "k"),    ask(verb::get, "k"),      ask(verb::set, "k", "3"),
              ask(verb::erase, "other"), ask(verb::set, "l", "4"), ask(verb::get, "l"),      ask(verb::get, "k")};
  store.execute(work);
  std::string seen;
  for (const key_operation& each : work.all) {
    seen += each.result == outcome::yes ? 'y' : each.result == outcome::no ? 'n' : '?';
    seen += each.answer();
  }
  EXPECT_EQ(seen, "yy1yyynnynyy4y3");
}

TEST(Store, LeavesReadsForTheNextCallWhenTheyAreMuch) {
  const temporary_folder folder;
  store_run store(folder.path());
  store.set("a", std::string(600, 'a'));
  store.set("b", std::string(600, 'b'));
  key_work work;
  work.answer_bytes = 1000;
  work.all = {ask(verb::get, "a"), ask(verb::get, "b"), ask(verb::set, "b", "new"), ask(verb::get, "b")};
  store.execute_once(work);
  EXPECT_EQ(work.done, 1);
  for (std::size_t i = 1; i != work.all.size(); ++i)
    EXPECT_EQ(work.all[i].result, outcome::open) << i;
  store.execute(work);
  EXPECT_EQ(work.all[1].answer(), std::string(600, 'b')) << "what comes behind a read must not overtake it";
  EXPECT_EQ(work.all[3].answer(), "new");
}

TEST(Store, SegmentsFollowOneAnother) {
  const temporary_folder folder;
  store_run store(store_options{.folder = folder.path(), .segment_bytes = 4096, .garbage_ratio = 0.95});
  key_values model;
  for (int i = 0; i != 200; ++i) {
    const std::string key = "key" + std::to_string(i % 150);
    model[key] = std::string(static_cast<std::size_t>(i), 'v');
    ASSERT_EQ(store.set(key, model[key]), "");
  }
  EXPECT_GT(store.numbers().segments, 3);
  for (int again = 0; again != 2; ++again, store.reopen())
    for (const auto& [key, value] : model)
      ASSERT_EQ(store.get(key), value) << key;
}

TEST(Store, ARecordMayBeLargerThanASegment) {
  const temporary_folder folder;
  store_run store(folder.path());
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(store.set("large", large), "");
  EXPECT_EQ(store.set("small", "s"), "");
  EXPECT_EQ(store.get("large"), large);
  store.reopen();
  EXPECT_EQ(store.get("large"), large);
  EXPECT_EQ(store.get("small"), "s");
}

TEST(Store, ManyWritesAreOneCommit) {
  const temporary_folder folder;
  store_run store(store_options{.folder = folder.path()});
  store.set("first", "makes the segment");
  const store_numbers before = store.numbers();
  key_work work;
  for (int i = 0; i != 500; ++i)
    work.all.push_back(ask(verb::set, "k", "v"));
  store.execute(work);
  EXPECT_EQ(store.numbers().records - before.records, 500);
  EXPECT_EQ(store.numbers().commits - before.commits, 1);
}

TEST(DataFolder, BelongsToOneServerAndOneNumberOfShards) {
  const temporary_folder parent;
  const std::string path = parent.path() / "data";
  const auto why = [&](std::size_t shards) -> std::string {
    try {
      const data_folder opened(path, shards);
      return "";
    } catch (const bad_folder& problem) {
      return problem.what();
    }
  };
  {
    const data_folder first(path, 2);
    EXPECT_NE(why(2).find("another server uses this folder"), std::string::npos);
    EXPECT_TRUE(std::filesystem::is_directory(first.of_shard(1)));
  }
  EXPECT_EQ(why(2), "");
  EXPECT_EQ(why(3), "'" + path + "' was made with --shards 2 and cannot be used with --shards 3");
  std::ofstream(path + "/FORMAT") << "something else\n";
  EXPECT_EQ(why(2), "'" + path + "/FORMAT' is not of this program");
}

} // namespace
} // namespace kv_server
