// Goal: the program serves redis-cli, redis-benchmark and clients that do not behave, says clearly what it cannot do,
// and ends in order. Method: the program itself, as a user runs it.
#include "server_run.hpp"

#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace kv_server {
namespace {

using shardbridge::fixtures::temporary_folder;

bool has(const std::string& tool) {
  return run_program({"sh", "-c", "command -v " + tool}).exit_code == 0;
}

/// With each network.
struct Program : testing::TestWithParam<std::string> {
  server_run& start(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.end(), {"--network", GetParam()});
    return server.emplace(folder.path() / "data", arguments);
  }
  /// What it says when it cannot start.
  program_result run(std::vector<std::string> words) {
    words.insert(words.begin(), {KV_SERVER_PROGRAM, "--network", GetParam()});
    return run_program(words);
  }
  std::string stop() {
    server->signal(SIGTERM);
    const program_result result = server->wait();
    return std::to_string(result.exit_code) + result.err;
  }

  temporary_folder folder;
  std::optional<server_run> server;
};

TEST_P(Program, ServesRedisCli) {
  if (!has("redis-cli")) GTEST_SKIP() << "redis-cli is not there";
  start({"--shards", "3", "--threads", "2"});
  EXPECT_EQ(server->cli({"ping"}), "PONG");
  EXPECT_EQ(server->cli({"set", "a", "1"}), "OK");
  EXPECT_EQ(server->cli({"set", "b", "2"}), "OK");
  EXPECT_EQ(server->cli({"get", "a"}), "1");
  EXPECT_EQ(server->cli({"mget", "a", "none", "b"}), "1\n\n2");
  EXPECT_EQ(server->cli({"exists", "a", "b", "none", "a"}), "3");
  EXPECT_EQ(server->cli({"del", "a", "none"}), "1");
  EXPECT_EQ(server->cli({"config", "get", "appendfsync"}), "appendfsync\nalways");
  EXPECT_EQ(server->cli({"command", "count"}), "11");
  EXPECT_TRUE(server->cli({"command", "docs", "get"}).starts_with("get\n"));
  EXPECT_NE(server->cli({"info"}).find("db0:keys=1,"), std::string::npos);
  EXPECT_TRUE(server->cli({"incr", "a"}).starts_with("ERR unknown command 'incr'"));
  EXPECT_EQ(server->cli({"shutdown"}), "");
  EXPECT_EQ(server->wait().exit_code, 0);
  start({"--shards", "3"});
  EXPECT_EQ(server->cli({"mget", "a", "b"}), "\n2");
  EXPECT_EQ(stop(), "0");
}

TEST_P(Program, ServesRedisBenchmark) {
  if (!has("redis-benchmark")) GTEST_SKIP() << "redis-benchmark is not there";
  start({"--shards", "2", "--threads", "2", "--segment-bytes", "256K", "--garbage-ratio", "0.3"});
  const program_result result =
      run_program({"timeout", "100", "redis-benchmark", "-p", std::to_string(server->port()), "-t", "set,get", "-n",
                   "20000", "-r", "1000", "-P", "16", "-c", "20", "-q", "-e"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.find("ERR"), std::string::npos) << result.out;
  EXPECT_EQ(server->info("committed_records").empty(), false);
  EXPECT_GE(std::stoull(server->info("committed_records")) - std::stoull(server->info("compacted_segments")), 20'000);
  EXPECT_EQ(server->info("write_failure"), "");
  EXPECT_EQ(server->info("compact_failure"), "");
  EXPECT_EQ(stop(), "0");
}

TEST_P(Program, ServesAUnixSocketToo) {
  const std::string path = folder.path() / "socket";
  start({"--unix", path});
  {
    const raw_client client(path);
    client.send("SET a 1\r\nGET a\r\nQUIT\r\n");
    EXPECT_EQ(client.read_all(), "+OK\r\n$1\r\n1\r\n+OK\r\n");
  }
  EXPECT_EQ(run({"--data", folder.path() / "other", "--address", "", "--unix", path}).exit_code, 1) << "it is taken";
  server->signal(SIGKILL);
  server->wait();
  EXPECT_TRUE(std::filesystem::exists(path));
  start({"--unix", path}); // what was left behind is no hindrance
  EXPECT_EQ(stop(), "0");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_P(Program, WhatIsNoCommandIsToldAndEnds) {
  start({"--max-value-bytes", "1000", "--max-key-bytes", "100"});
  const std::vector<std::pair<std::string, std::string>> all{
      {"*1\r\n+PING\r\n", "-ERR Protocol error: expected '$', got '+'\r\n"},
      {"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$536870912\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
      {"PING\r\n*-x\r\n", "+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n"}};
  for (const auto& [sent, answer] : all) {
    const raw_client client(server->port());
    client.send(sent);
    EXPECT_EQ(client.read_all(), answer);
  }
  const raw_client client(server->port());
  client.send(resp({"SET", "a", std::string(1001, 'v')}) + resp({"GET", std::string(101, 'k')}) + "QUIT\r\n");
  EXPECT_EQ(client.read_all(), "-ERR the value has 1001 bytes, of which it may have 1000\r\n"
                               "-ERR the key has 101 bytes, of which it may have 100\r\n+OK\r\n");
}

TEST_P(Program, AnswersAClientThatHasEnded) {
  start();
  const raw_client client(server->port());
  client.send("SET a 1\r\nGET a\r\n*2\r\n$3\r\nGET\r\n");
  client.end_sending();
  EXPECT_EQ(client.read_all(), "+OK\r\n$1\r\n1\r\n");
}

TEST_P(Program, ServesLargeValuesInPieces) {
  start();
  const raw_client client(server->port());
  const std::string value(5'000'000, 'v');
  client.send(resp({"SET", "large", value}));
  EXPECT_EQ(client.read_bytes(5), "+OK\r\n");
  std::string gets;
  for (int i = 0; i != 8; ++i)
    gets += resp({"MGET", "large", "none"});
  client.send(gets + "QUIT\r\n");
  const std::string one = "*2\r\n$5000000\r\n" + value + "\r\n$-1\r\n";
  const std::string all = client.read_all();
  ASSERT_EQ(all.size(), 8 * one.size() + 5);
  EXPECT_TRUE(all.starts_with(one));
  EXPECT_TRUE(all.ends_with(one + "+OK\r\n"));
}

// What it has in memory for such a client is one reply and what fits in sockets.
TEST_P(Program, IsNotReadFromWhileItDoesNotRead) {
  start();
  const raw_client client(server->port());
  client.send(resp({"SET", "a", std::string(100'000, 'v')}));
  ASSERT_EQ(client.read_bytes(5), "+OK\r\n");
  std::string gets;
  while (gets.size() < 1'000'000)
    gets += "GET a\r\n";
  std::size_t sent = 0;
  int refused = 0;
  while (refused < 40 && sent < 100'000'000) { // until nothing goes for two seconds
    const std::size_t more = client.send_some(gets);
    sent += more;
    refused = more == 0 ? refused + 1 : 0;
    if (more == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_LT(sent, 100'000'000) << "it reads on";
  std::ifstream status("/proc/" + std::to_string(server->pid()) + "/status");
  std::size_t kilobytes = 0;
  for (std::string word; status >> word;)
    if (word == "VmRSS:") status >> kilobytes;
  EXPECT_GT(kilobytes, 0);
  EXPECT_LT(kilobytes, 300'000);
  EXPECT_EQ(server->info("db0"), "keys=1,expires=0,avg_ttl=0") << "others are served";
}

TEST_P(Program, TooManyClientsAreTold) {
  start({"--max-clients", "2"});
  const raw_client first(server->port());
  first.send("PING\r\n");
  EXPECT_EQ(first.read(), "+PONG\r\n");
  std::optional<raw_client> second(server->port());
  second->send("PING\r\n");
  EXPECT_EQ(second->read(), "+PONG\r\n");
  EXPECT_EQ(raw_client(server->port()).read_all(), "-ERR max number of clients reached\r\n");
  second.reset();
  EXPECT_TRUE(server->wait_until([&] {
    const raw_client third(server->port());
    third.send("PING\r\n");
    return third.read() == "+PONG\r\n";
  }));
}

TEST_P(Program, IdleClientsAreHungUpOn) {
  start({"--idle-timeout", "0.3"});
  const raw_client client(server->port());
  client.send("PING\r\n");
  EXPECT_EQ(client.read_all(), "+PONG\r\n");
}

TEST_P(Program, WhatWasSentBeforeTheSignalIsDone) {
  start();
  const raw_client client(server->port());
  client.send("PING\r\n");
  ASSERT_EQ(client.read(), "+PONG\r\n");
  std::string sets;
  for (int i = 0; i != 100; ++i)
    sets += resp({"SET", "key" + std::to_string(i), "v"});
  client.send(sets);
  ASSERT_FALSE(client.read().empty()); // it has begun
  EXPECT_EQ(stop(), "0");
  start();
  EXPECT_EQ(server->info("db0"), "keys=100,expires=0,avg_ttl=0");
}

TEST_P(Program, SaysWhatIsWrong) {
  EXPECT_EQ(run({"--help"}).exit_code, 0);
  EXPECT_NE(run({"--help"}).out.find("Exit codes"), std::string::npos);
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"--data", folder.path() / "data", "--network", "nonsense"}).exit_code, 2);
  EXPECT_EQ(run({"--data", folder.path() / "data", "--nonsense"}).exit_code, 2);
  EXPECT_EQ(run({"--data", folder.path() / "data", "--address", "nowhere"}).exit_code, 2);
  EXPECT_EQ(run({"--data", folder.path() / "data", "--address", ""}).exit_code, 2);
  const program_result no_parent = run({"--data", folder.path() / "none" / "data"});
  EXPECT_EQ(no_parent.exit_code, 1);
  EXPECT_NE(no_parent.err.find("cannot be made: No such file or directory"), std::string::npos) << no_parent.err;
  start();
  const program_result second = run({"--data", folder.path() / "data", "--port", "0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.err.find("another server uses this folder"), std::string::npos) << second.err;
  const program_result taken = run({"--data", folder.path() / "other", "--port", std::to_string(server->port())});
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_NE(taken.err.find("cannot listen on"), std::string::npos) << taken.err;
  EXPECT_EQ(stop(), "0");
  const program_result shards = run({"--data", folder.path() / "data", "--port", "0", "--shards", "3"});
  EXPECT_EQ(shards.exit_code, 1);
  EXPECT_NE(shards.err.find("was made with --shards 1"), std::string::npos) << shards.err;
}

TEST_P(Program, RefusesADamagedLogAndNamesTheWayOut) {
  start({"--segment-bytes", "4096", "--garbage-ratio", "0.95"});
  for (int i = 0; i != 10; ++i) { // each a commit of its own, so that there are segments
    const raw_client client(server->port());
    client.send(resp({"SET", "key" + std::to_string(i), std::string(3000, 'w')}) + "QUIT\r\n");
    ASSERT_EQ(client.read_all(), "+OK\r\n+OK\r\n");
  }
  EXPECT_EQ(stop(), "0");
  const auto log = folder.path() / "data" / "shard-0" / "0000000001.log";
  std::fstream(log, std::ios::in | std::ios::out | std::ios::binary).seekp(100).put('?');
  const program_result refused = run({"--data", folder.path() / "data", "--port", "0"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("0000000001.log is damaged at offset 48"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--accept-damage"), std::string::npos) << refused.err;
  start({"--segment-bytes", "4096", "--accept-damage"});
  EXPECT_EQ(server->info("accepted_damages"), "1");
}

TEST_P(Program, ADamagedLogClosesTheOthers) {
  start({"--shards", "3"});
  EXPECT_EQ(stop(), "0");
  std::ofstream(folder.path() / "data" / "shard-1" / "0000000001.log") << "nonsense";
  const program_result refused = run({"--data", folder.path() / "data", "--port", "0", "--shards", "3"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("shard-1/0000000001.log is damaged at offset 0"), std::string::npos) << refused.err;
}

INSTANTIATE_TEST_SUITE_P(Networks, Program, testing::Values("asio", "shards"),
                         [](const auto& each) { return each.param; });

} // namespace
} // namespace kv_server
