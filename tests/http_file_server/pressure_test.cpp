// Goal: while the disk is throttled, new requests are served and those that were sent ahead wait; they go on when the
// level is normal again, also by a disk that is stuck, or when the server ends. Method: a file system in user space
// whose reads hang, under limits of a few reads, so that a test says exactly how many are out.
#include "served_folder.hpp"

#include "fuse_fixture.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace http_file_server {
namespace {

using shardbridge::fixtures::fuse_fixture;
using shardbridge::fixtures::fuse_op;

constexpr const char* held_back = "http_file_server_held_back_total";
constexpr const char* throttled = "shardbridge_bridge_pressure_level{bridge=\"read-0\",level=\"throttled\"}";

struct Pressure : testing::Test {
  void SetUp() override {
    if (!fuse_fixture::why_unavailable().empty()) GTEST_SKIP() << fuse_fixture::why_unavailable();
    slow.emplace();
    slow->make_file("file", 10);
  }
  /// With 7 of 8 reads out, of which each hangs.
  void start_throttled(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.end(), {"--threads", "1", "--max-ops", "8"});
    server.emplace(slow->mount_point(), arguments);
    slow->set(fuse_op::read, {.hang = true});
    for (std::uint32_t i = 1; i <= 7; ++i) {
      busy.emplace_back(*server).send(get("/file"));
      ASSERT_TRUE(slow->wait_started(fuse_op::read, i));
    }
    ASSERT_EQ(server->metric(throttled), 1);
  }
  /// One of whose two requests is answered without the disk.
  void send_ahead(const raw_client& client) const {
    client.send(get("/metrics") + get("/file"));
    ASSERT_TRUE(server->metric_becomes(held_back, 1));
  }
  void release() {
    slow->clear();
    slow->release();
  }
  void expect_answers() {
    for (const raw_client& each : busy)
      EXPECT_TRUE(each.read_until(make_pattern(10)).starts_with("HTTP/1.1 200 "));
  }

  std::optional<fuse_fixture> slow;
  std::optional<server_run> server;
  std::list<raw_client> busy;
};

TEST_F(Pressure, RequestsThatWereSentAheadWaitUntilItIsNormal) {
  start_throttled();
  const raw_client client(*server);
  send_ahead(client);
  EXPECT_EQ(slow->started(fuse_op::read), 7U);
  release();
  const std::string got = client.read_until(make_pattern(10));
  EXPECT_EQ(count(got, "HTTP/1.1 200 OK"), 2U);
  EXPECT_TRUE(got.ends_with(make_pattern(10)));
  expect_answers();
}

TEST_F(Pressure, RequestsThatAClientWaitsForDoNot) {
  start_throttled();
  const raw_client client(*server);
  client.send(get("/none"));
  EXPECT_EQ(status_of(client.read_until("404 Not Found\n")), "HTTP/1.1 404 Not Found");
  client.send(get("/file")); // on the same connection, but not ahead
  EXPECT_TRUE(slow->wait_started(fuse_op::read, 8));
  EXPECT_EQ(server->metric(held_back), 0);
  release();
  EXPECT_TRUE(client.read_until(make_pattern(10)).ends_with(make_pattern(10)));
  expect_answers();
}

TEST_F(Pressure, AStuckDiskDoesNotHoldThemForEver) {
  start_throttled({"--read-timeout", "2"});
  const raw_client client(*server);
  send_ahead(client);
  // It goes on when what was out is late, and is late then as well.
  EXPECT_EQ(count(client.read_until("504 Gateway Timeout\n"), "HTTP/1.1 504 "), 1U);
  for (const raw_client& each : busy)
    EXPECT_TRUE(each.read_until("\r\n").starts_with("HTTP/1.1 504 "));
  release();
}

TEST_F(Pressure, TheEndDoesNotWaitForThem) {
  start_throttled({"--grace", "0.05"});
  const raw_client client(*server);
  send_ahead(client);
  server->signal(SIGTERM);
  EXPECT_EQ(count(client.read_all(), "HTTP/1.1 "), 1U);
  // A process is not gone before the file system has answered it.
  release();
  EXPECT_EQ(server->wait().exit_code, 0);
}

TEST_F(Pressure, AClientThatLeavesMeanwhile) {
  start_throttled();
  {
    const raw_client client(*server);
    send_ahead(client);
  }
  release();
  expect_answers();
  busy.clear();
  EXPECT_TRUE(server->metric_becomes("http_file_server_connections", 1));
}

} // namespace
} // namespace http_file_server
