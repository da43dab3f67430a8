// Goal: whatever way a client's bytes arrive, the same commands are found, in order, and answered in order; what is no
// command ends the connection as Redis does.
// Method: a session without sockets; its work is done by a map, or left undone.
#include "session.hpp"

#include "inline_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {
namespace {

using verb = key_operation::verb;
using outcome = key_operation::outcome;
using step = session::step;

struct Session : testing::Test {
  /// What it answers, with its shards played by a map; `pieces`: so many bytes arrive at once.
  std::string answers(std::string_view input, std::size_t pieces, std::size_t shards = 3) {
    session client(limits, settings, shards);
    std::map<std::string, std::string, std::less<>> keys;
    std::string out;
    for (;;) {
      const step next = client.next();
      if (next == step::work) {
        for (client.answer(); !client.answered(); client.answer())
          for (key_work& each : client.works())
            do_one(each, keys);
      } else if (next == step::info) {
        client.answer_info("section " + std::string(client.section()));
      } else if (next == step::read && !input.empty()) {
        const auto room = client.room();
        const std::size_t bytes = std::min({pieces, input.size(), room.size()});
        std::ranges::copy(input.substr(0, bytes), room.begin());
        client.received(bytes);
        input.remove_prefix(bytes);
      } else {
        out += client.output();
        return out + (next == step::shutdown ? "shutdown" : next == step::end ? "end" : "");
      }
      out += client.output();
      client.output().clear();
    }
  }
  /// One at a time, so that replies come in pieces.
  static void do_one(key_work& work, std::map<std::string, std::string, std::less<>>& keys) {
    if (work.done == work.all.size()) return;
    key_operation& each = work.all[work.done++];
    const auto found = keys.find(each.key);
    each.result = found != keys.end() || each.what == verb::set ? outcome::yes : outcome::no;
    if (each.what == verb::get && found != keys.end()) each.text = found->second;
    if (each.what == verb::set) keys[std::string(each.key)] = each.value;
    if (each.what == verb::erase && found != keys.end()) keys.erase(found);
    if (each.key == "broken") {
      each.result = outcome::failed;
      each.text = "IOERR why\r\nnot";
    }
  }

  session_limits limits{.key_bytes = 100, .value_bytes = 1000};
  std::vector<setting> settings{{"save", ""}};
};

TEST_F(Session, AnswersTheSameHoweverItArrives) {
  const std::string input =
      "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n\r\n\r\n*2\r\n$3\r\nget\r\n$1\r\na\r\n"
      "PING\r\nset b \"x \\x41\\n\"\r\n\r\nget b\n*0\r\n*-1\r\n*4\r\n$4\r\nmget\r\n$1\r\na\r\n$1\r\nc\r\n$1\r\nb\r\n"
      "INFO stats\r\nexists a b c a\r\ndel a c\r\nmget a\r\nPING hello\r\nconfig get save\r\nget broken\r\n"
      "set broken 1\r\nmget broken b\r\nnonsense 1\r\nget\r\nset a b c\r\nQUIT\r\nPING\r\n";
  const std::string expected =
      "+OK\r\n$2\r\n\r\n\r\n+PONG\r\n+OK\r\n$4\r\nx A\n\r\n*3\r\n$2\r\n\r\n\r\n$-1\r\n$4\r\nx A\n\r\n"
      "$13\r\nsection stats\r\n:3\r\n:1\r\n*1\r\n$-1\r\n$5\r\nhello\r\n*2\r\n$4\r\nsave\r\n$0\r\n\r\n"
      "-IOERR why  not\r\n-IOERR why  not\r\n*2\r\n-IOERR why  not\r\n$4\r\nx A\n\r\n"
      "-ERR unknown command 'nonsense', with args beginning with: '1' \r\n"
      "-ERR wrong number of arguments for 'get' command\r\n"
      "-ERR syntax error: SET takes a key and a value, no options\r\n+OK\r\nend";
  for (std::size_t pieces = 1; pieces <= input.size(); ++pieces)
    for (const std::size_t shards : {1U, 3U})
      ASSERT_EQ(answers(input, pieces, shards), expected) << pieces << " bytes at once";
}

TEST_F(Session, ShutdownComesBehindWhatIsBeforeIt) {
  EXPECT_EQ(answers("set a 1\r\nget a\r\nSHUTDOWN NOSAVE\r\nget a\r\n", 1000), "+OK\r\n$1\r\n1\r\nshutdown");
}

TEST_F(Session, WhatIsNoCommandEndsIt) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"*x\r\n", "invalid multibulk length"},
      {"*2000000\r\n", "invalid multibulk length"},
      {"*99999999999999999999\r\n", "invalid multibulk length"},
      {"*1\r\n+PING\r\n", "expected '$', got '+'"},
      {"*1\r\n$-1\r\n", "invalid bulk length"},
      {"*1\r\n$abc\r\n", "invalid bulk length"},
      {"*1\r\n$4294967296\r\n", "invalid bulk length"},
      {"*1\r\n$536870913\r\n", "invalid bulk length"},
      {"get \"a\r\n", "unbalanced quotes in request"},
      {"get \"a\"b\r\n", "unbalanced quotes in request"},
      {std::string(70'000, 'x'), "too big inline request"},
      {'*' + std::string(70'000, '1'), "too big mbulk count string"},
      {"*1\r\n$" + std::string(70'000, '1'), "too big bulk count string"}};
  for (const auto& [input, why] : all)
    for (const std::size_t pieces : {1U, 7U, 100'000U}) {
      if (input.size() > 1000 && pieces < 7) continue;
      EXPECT_EQ(answers("PING\r\n" + input + "PING\r\n", pieces), "+PONG\r\n-ERR Protocol error: " + why + "\r\nend");
    }
}

TEST_F(Session, ACommandThatIsTooLargeAsAWholeEndsIt) {
  limits.resp.command_bytes = 100;
  EXPECT_EQ(answers("*3\r\n$4\r\nmget\r\n$60\r\n" + std::string(60, 'a') + "\r\n$60\r\n", 1000),
            "-ERR Protocol error: too big command\r\nend");
}

TEST_F(Session, KeysAndValuesHaveLimits) {
  EXPECT_EQ(answers("get " + std::string(101, 'k') + "\r\nPING\r\n", 1000),
            "-ERR the key has 101 bytes, of which it may have 100\r\n+PONG\r\n");
  EXPECT_EQ(answers("get " + std::string(100, 'k') + "\r\n", 1000), "$-1\r\n");
  EXPECT_EQ(answers("set k " + std::string(1001, 'v') + "\r\n", 1000),
            "-ERR the value has 1001 bytes, of which it may have 1000\r\n");
  EXPECT_EQ(answers("set k " + std::string(1000, 'v') + "\r\n", 1000), "+OK\r\n");
}

TEST_F(Session, WorksOnABatchAtATime) {
  limits.batch = 10;
  session client(limits, settings, 1);
  std::string input;
  for (int i = 0; i != 25; ++i)
    input += "get a\r\n";
  std::ranges::copy(input, client.room().begin());
  client.received(input.size());
  std::vector<std::size_t> batches;
  while (client.next() == step::work) {
    batches.push_back(client.works()[0].all.size());
    for (key_operation& each : client.works()[0].all)
      each.result = outcome::no;
    client.answer();
    EXPECT_TRUE(client.answered());
  }
  EXPECT_EQ(batches, (std::vector<std::size_t>{5, 5, 5, 5, 5})) << "two words each";
}

TEST_F(Session, GivesBackWhatALongCommandTook) {
  limits.value_bytes = limits.resp.bulk_bytes;
  session client(limits, settings, 1);
  std::string input = "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$3000000\r\n" + std::string(3'000'000, 'v') + "\r\n";
  while (client.next() == step::read) {
    const auto room = client.room();
    ASSERT_FALSE(input.empty());
    const std::size_t bytes = std::min(input.size(), room.size());
    std::ranges::copy(input.substr(0, bytes), room.begin());
    client.received(bytes);
    input.erase(0, bytes);
  }
  EXPECT_EQ(client.works()[0].all[0].value.size(), 3'000'000);
  client.works()[0].all[0].result = outcome::yes;
  client.answer();
  EXPECT_EQ(client.next(), step::read);
  EXPECT_LT(client.room().size(), 100'000);
}

TEST(InlineWords, AreDividedAsRedisDoes) {
  using words = std::vector<std::string>;
  EXPECT_EQ(inline_words("  a  b\tc \r"), (words{"a", "b", "c"}));
  EXPECT_EQ(inline_words(""), words{});
  EXPECT_EQ(inline_words(R"("a b" 'c d' '' "")"), (words{"a b", "c d", "", ""}));
  EXPECT_EQ(inline_words(R"("\x41\x4g\n\"\\" 'it\'s' '\n')"), (words{"Ax4g\n\"\\", "it's", "\\n"}));
  for (const char* wrong : {"\"a", "'a", "\"a\"b", "'a'b", "\"a\\"})
    EXPECT_FALSE(inline_words(wrong)) << wrong;
}

} // namespace
} // namespace kv_server
