// Goal: clients that are slow, greedy or wrong cost no more than their connection, and the end of the server is
// graceful. Method: sockets that send and read as a test says.
#include "server_run.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace http_file_server {
namespace {

using shardbridge::fixtures::make_pattern;
using shardbridge::fixtures::temporary_folder;

constexpr std::size_t large = 64 << 20; // more than sockets hold

struct Connection : testing::Test {
  Connection() {
    root.make_file("small", 10);
    std::ofstream(root.path() / "large").close();
    std::filesystem::resize_file(root.path() / "large", large);
  }
  const server_run& start(const std::vector<std::string>& arguments = {}) {
    return server.emplace(root.path(), arguments);
  }

  temporary_folder root;
  std::optional<server_run> server;
};

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t out = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
    ++out;
  return out;
}

std::string status_of(const std::string& response) {
  return response.substr(0, response.find("\r\n"));
}

TEST_F(Connection, MalformedRequestsEndIt) {
  start();
  for (const char* text : {"nonsense\r\n\r\n", "GET /small HTTP/3.0\r\n\r\n", "GET /small\r\n\r\n",
                           "GET /small HTTP/1.1\r\nHost\r\n\r\n", "GET /small HTTP/1.1\r\nContent-Length: x\r\n\r\n"}) {
    const raw_client client(*server);
    client.send(text);
    EXPECT_EQ(status_of(client.read_all()), "HTTP/1.1 400 Bad Request") << text;
  }
  EXPECT_EQ(server->metric("http_file_server_responses_total{status=\"400\"}"), 5);
}

TEST_F(Connection, TheHostIsNamedOnce) {
  start();
  for (const char* text : {"GET /small HTTP/1.1\r\n\r\n", "GET /small HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"}) {
    const raw_client client(*server);
    client.send(text);
    EXPECT_EQ(status_of(client.read_until("\r\n")), "HTTP/1.1 400 Bad Request");
  }
}

TEST_F(Connection, HeadersAreBounded) {
  start({"--max-header", "1024"});
  for (const std::string& text :
       {get("/small", "X: " + std::string(2000, 'x') + "\r\n"), "GET /" + std::string(5000, 'x'),
        std::string("GET / HTTP/1.1\r\nX: ") + std::string(1100, 'x')}) {
    const raw_client client(*server);
    client.send(text);
    EXPECT_EQ(status_of(client.read_all()), "HTTP/1.1 431 Request Header Fields Too Large");
  }
  EXPECT_EQ(curl({server->url("/small"), "--header", "X: " + std::string(500, 'x')}).status, 200);
}

TEST_F(Connection, PipelinedRequestsAreAnsweredInOrder) {
  start();
  const raw_client client(*server);
  client.send(get("/small") + get("/none") + get("/small") + get("/none", "Connection: close\r\n"));
  const std::string got = client.read_all();
  const auto second = got.find("HTTP/1.1 404"), third = got.rfind("HTTP/1.1 200");
  EXPECT_EQ(count(got, "HTTP/1.1 "), 4U);
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200"));
  EXPECT_LT(second, third);
}

TEST_F(Connection, PipeliningIsBounded) {
  start({"--max-pipelined", "3"});
  const raw_client client(*server);
  std::string all;
  for (int i = 0; i != 20; ++i)
    all += get("/small");
  client.send(all);
  const std::string got = client.read_all();
  EXPECT_EQ(count(got, "HTTP/1.1 200 OK"), 4U); // one, and three that did not wait for it
  EXPECT_EQ(count(got, "Connection: close"), 1U);
  // Those who wait are not bounded.
  const raw_client patient(*server);
  for (int i = 0; i != 20; ++i) {
    patient.send(get("/small"));
    EXPECT_FALSE(patient.read_until(make_pattern(10)).empty());
  }
}

TEST_F(Connection, SlowHeadersTimeOut) {
  start({"--header-timeout", "0.1"});
  const raw_client client(*server);
  client.send("GET /small HTT");
  EXPECT_EQ(client.read_all(), "");
  EXPECT_TRUE(server->metric_becomes("http_file_server_timed_out_total", 1));
}

TEST_F(Connection, IdleConnectionsTimeOut) {
  start({"--idle-timeout", "0.1"});
  const raw_client silent(*server);
  EXPECT_EQ(silent.read_all(), "");
  const raw_client once(*server);
  once.send(get("/small"));
  EXPECT_TRUE(once.read_all().ends_with(make_pattern(10)));
}

TEST_F(Connection, ClientsThatDoNotReadTimeOut) {
  start({"--send-timeout", "0.1"});
  const raw_client client(*server);
  client.send(get("/large"));
  EXPECT_TRUE(server->metric_becomes("http_file_server_timed_out_total", 1));
  EXPECT_EQ(server->metric("http_file_server_cut_short_total"), 1);
}

TEST_F(Connection, BrokenOnesAreNoFailures) {
  start();
  for (int i = 0; i != 20; ++i) {
    const raw_client client(*server);
    client.send(get("/large"));
    if (i % 2 == 0) static_cast<void>(client.read(1));
  }
  EXPECT_TRUE(server->metric_becomes("http_file_server_connections", 1)); // that of the question
  EXPECT_EQ(curl({server->url("/small")}).status, 200);
}

TEST_F(Connection, MoreThanAllowedWaitToBeAccepted) {
  start({"--max-connections", "2"});
  std::optional<raw_client> first(std::in_place, *server);
  const raw_client second(*server), third(*server);
  second.send(get("/small"));
  EXPECT_TRUE(second.read_until(make_pattern(10)).ends_with(make_pattern(10)));
  third.send(get("/small"));
  first.reset();
  EXPECT_TRUE(third.read_until(make_pattern(10)).ends_with(make_pattern(10)));
}

TEST_F(Connection, TheLogTellsOfEveryResponse) {
  const std::string log = root.path() / "log";
  start({"--access-log", log});
  EXPECT_EQ(curl({server->url("/small"), "--referer", "http://from/", "--user-agent", "a \"b\""}).status, 200);
  EXPECT_EQ(curl({server->url("/small"), "--range", "2-4"}).status, 206);
  EXPECT_EQ(curl({server->url("/none"), "--head"}).status, 404);
  const raw_client client(*server);
  client.send("nonsense\r\n\r\n");
  EXPECT_FALSE(client.read_all().empty());
  server->signal(SIGTERM);
  EXPECT_EQ(server->wait().exit_code, 0);
  std::ostringstream text;
  text << std::ifstream(log).rdbuf();
  const std::string lines = text.str();
  EXPECT_EQ(count(lines, "\n"), 4U);
  EXPECT_NE(lines.find("\"GET /small HTTP/1.1\" 200 10 \"http://from/\" \"a \\x22b\\x22\"\n"), lines.npos) << lines;
  EXPECT_NE(lines.find("\"GET /small HTTP/1.1\" 206 3 "), lines.npos) << lines;
  EXPECT_NE(lines.find("\"HEAD /none HTTP/1.1\" 404 0 "), lines.npos) << lines;
  EXPECT_NE(lines.find("\"-\" 400 16 \"-\" \"-\"\n"), lines.npos) << lines;
}

struct Stop : Connection, testing::WithParamInterface<const char*> {};
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

} // namespace
} // namespace http_file_server
