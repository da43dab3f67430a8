// Goal: the end of the server is graceful as long as it may be, and comes in any case. Method: signals while clients
// are in every state that they can be in.
#include "served_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace http_file_server {
namespace {

struct Stop : served_folder, testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engine, Stop, testing::Values("bridge", "pool"));

TEST_P(Stop, ResponsesOnTheirWayAreFinished) {
  start({"--engine", GetParam()});
  const raw_client idle(*server), busy(*server);
  busy.send(get("/large"));
  const std::string begin = busy.read_until("\r\n\r\n");
  server->signal(SIGTERM);
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_ANY_THROW(raw_client{*server}); // nobody listens
  const std::size_t bytes = begin.size() + busy.read_all().size();
  EXPECT_EQ(bytes, large + begin.find("\r\n\r\n") + 4);
  EXPECT_EQ(server->wait().exit_code, 0);
}

TEST_P(Stop, TheGraceEnds) {
  start({"--engine", GetParam(), "--grace", "0.1"});
  const raw_client client(*server);
  client.send(get("/large"));
  EXPECT_FALSE(client.read(10).empty());
  server->signal(SIGTERM);
  EXPECT_EQ(server->wait().exit_code, 0); // though the client does not read
}

TEST_P(Stop, ASecondSignalEndsTheGrace) {
  start({"--engine", GetParam(), "--grace", "3600"});
  const raw_client idle(*server), client(*server);
  client.send(get("/large"));
  EXPECT_FALSE(client.read(10).empty());
  server->signal(SIGINT);
  EXPECT_EQ(idle.read_all(), ""); // the first has been taken
  server->signal(SIGTERM);
  EXPECT_EQ(server->wait().exit_code, 0);
}

TEST_P(Stop, ARequestThatHasBegunIsAnswered) {
  start({"--engine", GetParam(), "--threads", "1"});
  const raw_client idle(*server), client(*server);
  // Once the first is answered, so much of the second has been read.
  const std::string second = get("/small");
  client.send(get("/small") + second.substr(0, 9));
  EXPECT_TRUE(client.read_until(make_pattern(10)).ends_with(make_pattern(10)));
  server->signal(SIGTERM);
  EXPECT_EQ(idle.read_all(), ""); // it has been taken
  client.send(second.substr(9));
  const std::string got = client.read_all();
  EXPECT_TRUE(got.ends_with(make_pattern(10))) << got;
  EXPECT_EQ(count(got, "Connection: close"), 1U);
  EXPECT_EQ(server->wait().exit_code, 0);
}

TEST_P(Stop, WhoWaitsToBeAcceptedIsNot) {
  start({"--engine", GetParam(), "--max-connections", "1"});
  const raw_client first(*server), second(*server);
  first.send(get("/small"));
  EXPECT_TRUE(first.read_until(make_pattern(10)).ends_with(make_pattern(10)));
  second.send(get("/small"));
  server->signal(SIGTERM);
  EXPECT_EQ(first.read_all(), "");
  EXPECT_EQ(second.read_all(), "");
  EXPECT_EQ(server->wait().exit_code, 0);
}

TEST_P(Stop, AtOnce) {
  start({"--engine", GetParam()});
  server->signal(SIGINT);
  EXPECT_EQ(server->wait().exit_code, 0);
}

TEST_P(Stop, WhileAClientIsAboutToGo) {
  start({"--engine", GetParam(), "--grace", "3600"});
  const raw_client client(*server);
  client.send("nonsense\r\n\r\n");
  // Answered, and read until it closes.
  EXPECT_EQ(status_of(client.read_until("Bad Request\n")), "HTTP/1.1 400 Bad Request");
  server->signal(SIGTERM);
  EXPECT_EQ(server->wait().exit_code, 0); // though the client does not close
}

} // namespace
} // namespace http_file_server
