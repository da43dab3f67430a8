// Goal: records, headers, states and replies are what their comments say. Method: each is stepped.
#include "command_table.hpp"
#include "config_reply.hpp"
#include "glob_match.hpp"
#include "info_text.hpp"
#include "key_hash.hpp"
#include "log_health.hpp"
#include "recent_writes.hpp"
#include "record.hpp"
#include "segment.hpp"
#include "segment_format.hpp"
#include "segment_scan.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace kv_server {
namespace {

std::string sealed(std::string_view key, std::optional<std::string_view> value, std::uint64_t sequence) {
  std::string out;
  append_record(out, key, value);
  seal_record(out.data(), out.size(), sequence);
  return out;
}

TEST(Record, ComesBackAsItWent) {
  const std::string set = sealed("key", "value", 7);
  ASSERT_EQ(set.size(), record_header_bytes + 8);
  const std::string followed = set + "more";
  const auto found = read_record(followed);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sequence, 7);
  EXPECT_EQ(found->key, "key");
  EXPECT_EQ(found->value, "value");
  EXPECT_EQ(found->bytes(), set.size());
  const std::string erased = sealed("", std::nullopt, 8);
  ASSERT_TRUE(read_record(erased));
  EXPECT_FALSE(read_record(erased)->value);
  ASSERT_TRUE(read_record(sealed("", "", 9))->value);
}

TEST(Record, AnyChangeIsNoticed) {
  const std::string set = sealed("key", "value", 7);
  for (std::size_t bytes = 0; bytes != set.size(); ++bytes)
    EXPECT_FALSE(read_record(set.substr(0, bytes)));
  for (std::size_t bit = 0; bit != 8 * set.size(); ++bit) {
    std::string changed = set;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(read_record(changed)) << bit;
  }
  EXPECT_FALSE(read_record(std::string(100, '\0'))) << "what was never written";
}

TEST(SegmentFormat, AnyChangeOfAHeaderIsNoticed) {
  const std::string text = write_segment_header({.number = 3, .shard = 1, .previous_end = 99, .first_sequence = 12});
  ASSERT_EQ(text.size(), segment_header_bytes);
  const auto found = read_segment_header(text);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 3);
  EXPECT_EQ(found->shard, 1);
  EXPECT_EQ(found->previous_end, 99);
  EXPECT_EQ(found->first_sequence, 12);
  for (std::size_t at = 0; at != text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] + 1);
    EXPECT_FALSE(read_segment_header(changed)) << at;
  }
  EXPECT_FALSE(read_segment_header(text.substr(1)));
}

TEST(SegmentFormat, Names) {
  EXPECT_EQ(segment_name(42), "0000000042.log");
  EXPECT_EQ(segment_name(12345678901), "12345678901.log");
  EXPECT_EQ(segment_number("0000000042.log"), 42);
  EXPECT_EQ(segment_number("12345678901.log"), 12345678901);
  for (const char* other : {"next", "42.log", "000000004x.log", "0000000042.log2", ".log", ""})
    EXPECT_FALSE(segment_number(other)) << other;
}

TEST(SegmentScan, StopsWhereTheSequenceDoes) {
  const segment_header header{.first_sequence = 5};
  const std::string whole = write_segment_header(header) + sealed("a", "1", 5) + sealed("b", "2", 6);
  const std::string stale = whole + sealed("c", "3", 6);
  segment_scan scan(stale, header);
  EXPECT_EQ(scan.next()->key, "a");
  EXPECT_EQ(scan.begin(), segment_header_bytes);
  EXPECT_EQ(scan.next()->key, "b");
  EXPECT_FALSE(scan.next());
  EXPECT_EQ(scan.end(), whole.size());
  EXPECT_EQ(scan.next_sequence(), 7);
  EXPECT_FALSE(scan.clean());
  const std::string zeros = whole + std::string(10, '\0');
  segment_scan clean(zeros, header);
  while (clean.next()) {
  }
  EXPECT_TRUE(clean.clean());
}

TEST(KeyHash, StaysAndSpreads) {
  EXPECT_EQ(hash_of("key"), 13540649951185429987ULL) << "files are laid out by it";
  std::array<int, 3> of{};
  for (int i = 0; i != 3000; ++i)
    ++of.at(shard_of(hash_of(std::to_string(i)), of.size()));
  for (const int count : of)
    EXPECT_GT(count, 800);
  EXPECT_EQ(shard_of(~std::uint64_t{0}, 3), 2);
}

TEST(RecentWrites, NeverForgetsAWrite) {
  recent_writes recent;
  EXPECT_EQ(recent.last(1), 0);
  recent.wrote(1, 5);
  EXPECT_EQ(recent.last(1), 5);
  recent.wrote(1 + 16384, 6);
  EXPECT_EQ(recent.last(1), 6) << "one too many is waited for";
}

TEST(LogHealth, NoRoomIsAllThatPasses) {
  using state = log_health::state;
  for (const int error : {ENOSPC, EDQUOT}) {
    log_health log;
    log.failed(log_step::write, error, "full");
    EXPECT_EQ(log.now(), state::must_cut);
    log.failed(log_step::cut, EIO, "cannot be cut");
    EXPECT_EQ(log.now(), state::must_cut);
    EXPECT_EQ(log.cause(), "cannot be cut");
    log.cut();
    EXPECT_EQ(log.now(), state::writable);
    log.succeeded();
    EXPECT_EQ(log.cause(), "");
  }
  log_health made;
  made.failed(log_step::make, ENOSPC, "full");
  EXPECT_EQ(made.now(), state::writable);
  EXPECT_EQ(made.cause(), "full");
}

TEST(LogHealth, OtherFailuresAreForGood) {
  using state = log_health::state;
  const std::vector<std::pair<log_step, int>> all{{log_step::write, EIO},
                                                  {log_step::sync, EIO},
                                                  {log_step::sync, ENOSPC},
                                                  {log_step::name, EIO},
                                                  {log_step::write, 0}};
  for (const auto& [step, error] : all) {
    log_health log;
    log.failed(step, error, "first");
    log.failed(log_step::write, ENOSPC, "second");
    log.cut();
    EXPECT_EQ(log.now(), state::read_only);
    EXPECT_EQ(log.cause(), "first");
  }
}

TEST(WantsCompaction, CountsWhatIsNotWrittenAnyMore) {
  segments all;
  const auto add = [&](std::uint64_t end, std::uint64_t live) {
    all.push_back(std::make_shared<segment>());
    all.back()->end = end;
    all.back()->live_bytes = live;
    all.back()->live_records = live;
  };
  add(100, 40);
  EXPECT_FALSE(wants_compaction(all, 0.5)) << "it is written";
  add(100, 10);
  EXPECT_TRUE(wants_compaction(all, 0.5));
  EXPECT_FALSE(wants_compaction(all, 0.6));
  all.front()->live_records = 0;
  EXPECT_TRUE(wants_compaction(all, 0.95)) << "it costs nothing";
  all.front()->live_records = 1;
  all.front()->damaged = true;
  EXPECT_TRUE(wants_compaction(all, 0.95));
}

TEST(GlobMatch, StarsAndMarks) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*", "save"));
  EXPECT_TRUE(glob_match("SAVE", "save"));
  EXPECT_TRUE(glob_match("s?v*", "save"));
  EXPECT_TRUE(glob_match("*a*e", "save"));
  EXPECT_FALSE(glob_match("s?v", "save"));
  EXPECT_FALSE(glob_match("", "save"));
}

std::string config(std::vector<std::string_view> words) {
  const std::vector<setting> all{{"appendonly", "yes"}, {"save", ""}};
  return config_reply(words, all);
}

TEST(ConfigReply, TellsWhatMatches) {
  EXPECT_EQ(config({"CONFIG", "GET", "save"}), "*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
  EXPECT_EQ(config({"config", "get", "a*", "save"}),
            "*4\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n$4\r\nsave\r\n$0\r\n\r\n");
  EXPECT_EQ(config({"config", "get", "nothing"}), "*0\r\n");
  EXPECT_TRUE(config({"config", "set", "save", ""}).starts_with("-ERR "));
  EXPECT_TRUE(config({"config", "get"}).starts_with("-ERR wrong number"));
}

std::string command_of(std::vector<std::string_view> words) {
  return command_reply(words);
}

TEST(CommandReply, TellsOfAllCommands) {
  EXPECT_EQ(command_of({"COMMAND", "COUNT"}), ":11\r\n");
  EXPECT_TRUE(command_of({"command"}).starts_with("*11\r\n*6\r\n$7\r\ncommand\r\n:-1\r\n"));
  EXPECT_TRUE(command_of({"command", "docs"}).starts_with("*22\r\n"));
  EXPECT_EQ(command_of({"command", "docs", "GET", "none"}),
            "*2\r\n$3\r\nget\r\n*2\r\n$7\r\nsummary\r\n$24\r\nGives the value of a key\r\n");
  EXPECT_EQ(command_of({"command", "info", "get", "none"}),
            "*2\r\n*6\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*-1\r\n");
  EXPECT_TRUE(command_of({"command", "list"}).starts_with("*11\r\n$7\r\ncommand\r\n"));
  EXPECT_TRUE(command_of({"command", "what"}).starts_with("-ERR unknown subcommand 'what'"));
}

TEST(InfoText, SectionsOneByOneAndAll) {
  server_numbers from{.form = "asio", .store = {.keys = 3, .commits = 2}};
  EXPECT_EQ(info_text(from, "keyspace"), "# Keyspace\r\ndb0:keys=3,expires=0,avg_ttl=0\r\n");
  const std::string all = info_text(from, "");
  for (const char* each :
       {"# Server", "# Clients", "# Persistence", "# Stats", "# Keyspace", "\r\ncommits:2\r\n", "_status:ok\r\n"})
    EXPECT_NE(all.find(each), std::string::npos) << each;
  EXPECT_EQ(info_text(from, "ALL"), all);
  EXPECT_EQ(info_text(from, "no such section"), "");
  from.store.write_failure = "disk";
  EXPECT_NE(info_text(from, "Persistence").find("aof_last_write_status:err\r\n"), std::string::npos);
}

} // namespace
} // namespace kv_server
