// Goal: a disk that is slow, stuck or broken is told to clients by 503, 504 and 500, and harms no other request.
// Method: a file system in user space whose reads hang or fail as a test says, served under small limits.
#include "server_run.hpp"

#include "fuse_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

namespace http_file_server {
namespace {

using namespace std::chrono_literals;
using shardbridge::fixtures::fuse_fixture;
using shardbridge::fixtures::fuse_op;
using shardbridge::fixtures::make_pattern;

constexpr const char* get_file = "GET /file HTTP/1.1\r\nHost: h\r\n\r\n";

struct DiskTrouble : testing::Test {
  void SetUp() override {
    if (!fuse_fixture::why_unavailable().empty()) GTEST_SKIP() << fuse_fixture::why_unavailable();
    slow.emplace();
    slow->make_file("file", 200'000);
    slow->make_file("small", 10);
  }
  const server_run& start(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--threads", "1"});
    return server.emplace(slow->mount_point(), arguments);
  }

  std::optional<fuse_fixture> slow;
  std::optional<server_run> server;
};

TEST_F(DiskTrouble, SuspendedIsServiceUnavailable) {
  start({"--max-ops", "1", "--retry-after", "7"});
  slow->set(fuse_op::read, {.hang = true});
  const raw_client first(*server);
  first.send(get_file);
  ASSERT_TRUE(slow->wait_started(fuse_op::read, 1));

  const response refused = curl({server->url("/small")});
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "7");
  EXPECT_EQ(curl({server->url("/metrics")}).status, 200);

  slow->clear();
  slow->release();
  const std::string got = first.read_until(make_pattern(200'000));
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(got.ends_with(make_pattern(200'000)));
  EXPECT_EQ(curl({server->url("/small")}).status, 200);
  EXPECT_EQ(server->metric("http_file_server_responses_total{status=\"503\"}"), 1);
}

TEST_F(DiskTrouble, NoRoomForItsBytesIsServiceUnavailable) {
  start({"--max-bytes", "100000"}); // one piece is out and no other fits, far from a level of pressure
  slow->set(fuse_op::read, {.hang = true});
  const raw_client first(*server);
  first.send(get_file);
  ASSERT_TRUE(slow->wait_started(fuse_op::read, 1));
  EXPECT_EQ(curl({server->url("/file")}).status, 503);
  EXPECT_EQ(server->metric("shardbridge_bridge_pressure_level{bridge=\"read-0\",level=\"normal\"}"), 1);
  slow->clear();
  slow->release();
  EXPECT_TRUE(first.read_until(make_pattern(200'000)).ends_with(make_pattern(200'000)));
}

TEST_F(DiskTrouble, NoMemoryIsServiceUnavailable) {
  for (const char* engine : {"bridge", "pool"}) {
    start({"--engine", engine, "--buffer-bytes", "64K"});
    slow->set(fuse_op::read, {.hang = true});
    const raw_client first(*server);
    first.send(get_file);
    ASSERT_TRUE(slow->wait_started(fuse_op::read, slow->finished(fuse_op::read) + 1));
    EXPECT_EQ(curl({server->url("/small")}).status, 503);
    slow->clear();
    slow->release();
    EXPECT_TRUE(first.read_until(make_pattern(200'000)).ends_with(make_pattern(200'000)));
  }
}

TEST_F(DiskTrouble, AStuckReadIsAGatewayTimeout) {
  start({"--read-timeout", "2"}); // enough for reads that are not stuck
  slow->set(fuse_op::read, {.hang = true});
  EXPECT_EQ(curl({server->url("/file")}).status, 504);
  slow->clear();
  slow->release();
  EXPECT_EQ(curl({server->url("/file")}).status, 200);
}

TEST_F(DiskTrouble, StuckOpensHoldUpNothingElse) {
  start({"--read-timeout", "2"});
  const std::uint32_t before = slow->started(fuse_op::open);
  slow->set(fuse_op::open, {.hang = true});
  const raw_client first(*server), second(*server), third(*server);
  first.send(get_file);
  second.send(get_file);
  ASSERT_TRUE(slow->wait_started(fuse_op::open, before + 2)); // of as many openers
  third.send(get_file);
  EXPECT_TRUE(server->metric_becomes("shardbridge_bridge_ops{bridge=\"open-0\"}", 3));
  std::this_thread::sleep_for(2100ms); // until the third is late
  slow->clear();
  slow->release();
  EXPECT_TRUE(first.read_until(make_pattern(200'000)).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(second.read_until(make_pattern(200'000)).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(third.read_until("\r\n").starts_with("HTTP/1.1 504 "));
}

TEST_F(DiskTrouble, MoreOpensThanAllowedAreRefused) {
  start({"--max-ops", "1"});
  const std::uint32_t before = slow->started(fuse_op::open);
  slow->set(fuse_op::open, {.hang = true});
  const raw_client first(*server);
  first.send(get_file);
  ASSERT_TRUE(slow->wait_started(fuse_op::open, before + 1));
  EXPECT_EQ(curl({server->url("/file")}).status, 503);
  slow->clear();
  slow->release();
  EXPECT_TRUE(first.read_until(make_pattern(200'000)).starts_with("HTTP/1.1 200 "));
}

TEST_F(DiskTrouble, AFailedReadIsAnError) {
  for (const char* engine : {"bridge", "pool"}) {
    start({"--engine", engine});
    slow->set(fuse_op::read, {.error = EIO});
    EXPECT_EQ(curl({server->url("/file")}).status, 500);
    slow->clear();
    EXPECT_EQ(curl({server->url("/file")}).status, 200);
  }
}

TEST_F(DiskTrouble, AFailureInTheMiddleEndsTheConnection) {
  for (const char* engine : {"bridge", "pool"}) {
    start({"--engine", engine, "--buffer-bytes", "64K"}); // one piece after the other
    slow->make_file("large", 8 << 20);
    const raw_client client(*server);
    client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(client.read(1) == "H");
    slow->set(fuse_op::read, {.error = EIO});
    EXPECT_LT(client.read_all().size(), std::size_t{8} << 20);
    slow->clear();
    EXPECT_EQ(server->metric("http_file_server_cut_short_total"), 1);
  }
}

TEST_F(DiskTrouble, AFileThatHasBecomeShorter) {
  start({});
  slow->set(fuse_op::read, {.hang = true});
  const raw_client client(*server);
  client.send(get_file);
  ASSERT_TRUE(slow->wait_started(fuse_op::read, 1));
  std::ofstream(slow->path("file"), std::ios::trunc).close();
  slow->clear();
  slow->release();
  EXPECT_TRUE(client.read_until("\r\n").starts_with("HTTP/1.1 500 "));
}

TEST_F(DiskTrouble, TheEndDoesNotWaitForAStuckDisk) {
  start({"--grace", "0.05"});
  slow->set(fuse_op::read, {.hang = true});
  const raw_client client(*server);
  client.send(get_file);
  ASSERT_TRUE(slow->wait_started(fuse_op::read, 1));
  server->signal(SIGTERM);
  EXPECT_EQ(client.read_all(), "");
  // A process is not gone before the file system has answered it.
  slow->clear();
  slow->release();
  EXPECT_EQ(server->wait().exit_code, 0);
}

} // namespace
} // namespace http_file_server
