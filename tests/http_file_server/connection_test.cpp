// Goal: clients that are slow, greedy or wrong cost no more than their connection. Method: sockets that send and read
// as a test says.
#include "served_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace http_file_server {
namespace {

struct Connection : served_folder {};

TEST_F(Connection, MalformedRequestsEndIt) {
  start();
  for (const char* text :
       {"nonsense\r\n\r\n", "GET /small HTTP/3.0\r\n\r\n", "GET /small\r\n\r\n", "GET /small HTTP/1.1\r\nHost\r\n\r\n",
        "GET /small HTTP/1.1\r\nContent-Length: x\r\n\r\n", " GET /small HTTP/1.1\r\n\r\n",
        "GET  /small HTTP/1.1\r\n\r\n", "GET /sm\x01ll HTTP/1.1\r\n\r\n", "G\"T /small HTTP/1.1\r\n\r\n",
        "GET /small HTTP/1.1\r\nHost: h\r\nX\x01Y: z\r\n\r\n",
        "GET /small HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET /small HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"}) {
    const raw_client client(*server);
    client.send(text);
    EXPECT_EQ(status_of(client.read_all()), "HTTP/1.1 400 Bad Request") << text;
  }
  EXPECT_EQ(server->metric("http_file_server_responses_total{status=\"400\"}"), 12);
}

TEST_F(Connection, TheHostIsNamedOnce) {
  start();
  for (const char* text : {"GET /small HTTP/1.1\r\n\r\n", "GET /small HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"}) {
    const raw_client client(*server);
    client.send(text);
    EXPECT_EQ(status_of(client.read_until("\r\n")), "HTTP/1.1 400 Bad Request");
  }
}

TEST_F(Connection, TargetsInTheirForms) {
  start();
  for (const auto& [line, status] : {std::pair{"GET http://h/small HTTP/1.1", "200"},
                                     {"GET small HTTP/1.1", "400"},
                                     {"GET * HTTP/1.1", "400"},
                                     {"OPTIONS * HTTP/1.1", "405"},
                                     {"CONNECT h:80 HTTP/1.1", "405"},
                                     {"TRACE /small HTTP/1.1", "405"}}) {
    const raw_client client(*server);
    client.send(std::string(line) + "\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n").substr(0, 13), std::string("HTTP/1.1 ") + status + ' ') << line;
  }
}

// Such fields are no lists: two of them are as good as none.
TEST_F(Connection, FieldsThatComeTwice) {
  start();
  const std::string since = "If-Modified-Since: Sat, 06 Nov 2094 08:49:37 GMT\r\n", range = "Range: bytes=0-0\r\n";
  for (const auto& [fields, status] :
       {std::pair{since, 304}, {since + since, 200}, {range, 206}, {range + range, 200}}) {
    const raw_client client(*server);
    client.send(get("/small", fields));
    EXPECT_TRUE(client.read_until("\r\n").starts_with("HTTP/1.1 " + std::to_string(status))) << fields;
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
  EXPECT_TRUE(server->metric_becomes("http_file_server_timed_out_total", 1));
}

TEST_F(Connection, IdleBehindAResponseTheyTimeOutToo) {
  start({"--idle-timeout", "0.1"});
  EXPECT_TRUE(server->wait_until([&] {
    const raw_client client(*server);
    try {
      client.send(get("/small"));
    } catch (const std::runtime_error&) { // it took so long that the connection was idle
      return false;
    }
    return client.read_all().ends_with(make_pattern(10));
  }));
}

TEST_F(Connection, ClientsThatDoNotReadTimeOut) {
  // With memory to read ahead and without.
  for (const char* memory : {"256M", "64K"}) {
    start({"--send-timeout", "0.1", "--buffer-bytes", memory});
    const raw_client client(*server);
    client.send(get("/large"));
    EXPECT_TRUE(server->metric_becomes("http_file_server_timed_out_total", 1));
    EXPECT_EQ(server->metric("http_file_server_cut_short_total"), 1);
  }
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

} // namespace
} // namespace http_file_server
