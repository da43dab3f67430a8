// Goal: whatever became of the end of a log, all before it is found, and damage elsewhere is never taken for an end.
// Method: a small log is cut at every byte, and every byte of it is changed; each time a store is opened on it.
#include "store_run.hpp"

#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace kv_server {
namespace {

using shardbridge::fixtures::temporary_folder;

constexpr std::size_t segment_bytes = 4096;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

struct Recovery : testing::Test {
  /// One segment of a few records, and where each ends.
  void make_log() {
    store_run store(store_options{.folder = folder.path(), .segment_bytes = segment_bytes});
    ends.push_back(segment_header_bytes);
    const auto add = [&] {
      model.push_back(model.empty() ? key_values() : model.back());
      ends.push_back(store.numbers().log_bytes);
    };
    model.emplace_back();
    for (const std::string key : {"a", "b", "a", "c"}) {
      store.set(key, key + std::to_string(ends.size()));
      add();
      model.back()[key] = key + std::to_string(ends.size() - 1);
    }
    store.erase("a");
    add();
    model.back().erase("a");
    store.close();
    log = read(folder.path() / segment_name(1));
    ASSERT_EQ(log.size(), segment_bytes);
  }
  /// How many records end at or before this.
  std::size_t whole(std::size_t at) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends, at) - ends.begin()) - 1;
  }
  void expect(store_run& store, const key_values& all) {
    EXPECT_EQ(store.numbers().keys, all.size());
    for (const auto& [key, value] : all)
      EXPECT_EQ(store.get(key), value);
  }

  temporary_folder folder;
  std::vector<std::size_t> ends;
  std::vector<key_values> model; ///< after so many records
  std::string log;
};

TEST_F(Recovery, ALogThatIsCutAtAnyByte) {
  make_log();
  for (std::size_t at = segment_header_bytes; at <= ends.back(); ++at) {
    SCOPED_TRACE(at);
    const temporary_folder cut;
    write(cut.path() / segment_name(1), log.substr(0, at));
    store_run store(cut.path().native());
    expect(store, model[whole(at)]);
    ASSERT_EQ(store.set("new", "n"), "");
    store.reopen();
    EXPECT_EQ(store.get("new"), "n");
    EXPECT_EQ(store.numbers().torn_bytes, 0) << "what was torn is gone";
    if (HasFailure()) return;
  }
}

TEST_F(Recovery, ALastSegmentWithAnyByteChanged) {
  make_log();
  for (std::size_t at = 0; at != ends.back(); ++at) {
    SCOPED_TRACE(at);
    const temporary_folder changed;
    std::string text = log;
    text[at] = static_cast<char>(text[at] ^ 0x20);
    write(changed.path() / segment_name(1), text);
    if (at < segment_header_bytes) {
      EXPECT_THROW(store_run(changed.path().native()), damaged_log);
      continue;
    }
    store_run store(changed.path().native());
    expect(store, model[whole(at)]);
    EXPECT_GT(store.numbers().torn_bytes, 0);
    if (HasFailure()) return;
  }
}

TEST_F(Recovery, AnEarlierSegmentWithAnyByteChangedIsRefused) {
  {
    store_run store(store_options{.folder = folder.path(), .segment_bytes = 300, .garbage_ratio = 0.95});
    for (int i = 0; i != 12; ++i)
      ASSERT_EQ(store.set("key" + std::to_string(i), std::string(30, 'v')), "");
    ASSERT_GE(store.numbers().segments, 2);
  }
  const auto path = folder.path() / segment_name(1);
  const std::string text = read(path);
  for (std::size_t at = 0; at != text.size(); ++at) {
    SCOPED_TRACE(at);
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    write(path, changed);
    try {
      const store_run store(folder.path().native());
      FAIL() << "it was opened";
    } catch (const damaged_log& problem) {
      EXPECT_TRUE(std::string_view(problem.what()).starts_with(path.native() + " is damaged at offset "))
          << problem.what();
    }
  }
  write(path, text.substr(0, text.size() / 2));
  EXPECT_THROW(store_run(folder.path().native()), damaged_log);
  std::filesystem::remove(folder.path() / segment_name(2));
  if (std::filesystem::exists(folder.path() / segment_name(3))) {
    write(path, text);
    EXPECT_THROW(store_run(folder.path().native()), damaged_log);
  }
}

TEST_F(Recovery, DamageCanBeAcceptedAndIsCompactedAway) {
  {
    store_run store(store_options{.folder = folder.path(), .segment_bytes = 300, .garbage_ratio = 0.95});
    for (int i = 0; i != 12; ++i)
      ASSERT_EQ(store.set("key" + std::to_string(i), std::string(30, 'v')), "");
  }
  const auto path = folder.path() / segment_name(1);
  std::string text = read(path);
  text[segment_header_bytes + record_header_bytes + 4 + 30 + 2] ^= 1; // in the second record
  write(path, text);
  EXPECT_THROW(store_run(folder.path().native()), damaged_log);
  {
    store_run store(store_options{.folder = folder.path(), .segment_bytes = 300, .accept_damage = true});
    EXPECT_EQ(store.numbers().accepted_damages, 1);
    EXPECT_TRUE(store.exists("key0"));
    EXPECT_FALSE(store.exists("key1"));
    EXPECT_TRUE(store.exists("key11"));
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (store.numbers().compacted_segments == 0 && std::chrono::steady_clock::now() < end)
      store.set("key11", "again");
    EXPECT_GT(store.numbers().compacted_segments, 0);
  }
  store_run store(folder.path().native());
  EXPECT_TRUE(store.exists("key0"));
  EXPECT_EQ(store.get("key11"), "again");
}

} // namespace
} // namespace kv_server
