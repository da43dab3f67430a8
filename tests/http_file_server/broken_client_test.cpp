// Goal: a client that breaks off, wherever it is, costs its connection and nothing else. Method: sockets that are
// closed, half closed or reset as a test says, and the numbers of the server.
#include "served_folder.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace http_file_server {
namespace {

constexpr const char* connections = "http_file_server_connections";
constexpr const char* cut_short = "http_file_server_cut_short_total";
constexpr const char* timed_out = "http_file_server_timed_out_total";

struct BrokenClient : served_folder {
  /// But for that of the question.
  [[nodiscard]] bool all_are_gone() const { return server->metric_becomes(connections, 1); }
};

TEST_F(BrokenClient, InTheMiddleOfABody) {
  for (const char* engine : {"bridge", "pool"})
    for (const char* memory : {"256M", "64K"}) { // to read ahead, and not
      start({"--engine", engine, "--buffer-bytes", memory});
      for (const double before : {0, 1}) {
        std::optional<raw_client> client(std::in_place, *server);
        client->send(get("/large"));
        EXPECT_FALSE(client->read(1).empty());
        if (before == 1) client->reset_at_end();
        client.reset();
        EXPECT_TRUE(server->metric_becomes(cut_short, before + 1));
      }
      EXPECT_TRUE(all_are_gone());
      EXPECT_EQ(server->metric(timed_out), 0);
      EXPECT_EQ(curl({server->url("/small")}).status, 200);
    }
}

TEST_F(BrokenClient, BeforeTheResponse) {
  start();
  for (int i = 0; i != 20; ++i) {
    const raw_client client(*server);
    client.send(get("/large"));
    if (i % 2 == 0) client.reset_at_end();
  }
  EXPECT_TRUE(all_are_gone());
  EXPECT_EQ(curl({server->url("/small")}).status, 200);
}

TEST_F(BrokenClient, InTheMiddleOfAHeader) {
  start();
  for (const char* text : {"", "G", "GET /small HTTP/1.1", "GET /small HTTP/1.1\r\nHost: h\r\n"}) {
    const raw_client client(*server);
    client.send(text);
    client.end_sending();
    EXPECT_EQ(client.read_all(), "") << text;
  }
  EXPECT_TRUE(all_are_gone());
  EXPECT_EQ(server->metric("http_file_server_responses_total{status=\"400\"}"), 0);
  EXPECT_EQ(server->metric(cut_short), 0);
}

TEST_F(BrokenClient, ThatHasSentAllItWantsIsAnswered) {
  start();
  const raw_client client(*server);
  client.send(get("/small") + get("/small"));
  client.end_sending();
  EXPECT_EQ(count(client.read_all(), make_pattern(10)), 2U);
  EXPECT_TRUE(all_are_gone());
}

TEST_F(BrokenClient, ABodyThatDoesNotCome) {
  start();
  const raw_client client(*server);
  client.send("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  const std::string got = client.read_all(); // the end comes though this does not close
  EXPECT_TRUE(got.starts_with("HTTP/1.1 405 ")) << got;
  EXPECT_EQ(count(got, "Connection: close"), 1U);
  EXPECT_TRUE(all_are_gone());
  EXPECT_EQ(server->metric(timed_out), 0); // it has had its response
}

TEST_F(BrokenClient, ABodyWithoutEnd) {
  start();
  const raw_client client(*server);
  client.send("POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "ffff\r\n" + std::string(0xffff, 'x') + "\r\n";
  EXPECT_ANY_THROW(for (int i = 0; i != 100'000; ++i) client.send(chunk));
  EXPECT_TRUE(all_are_gone());
  EXPECT_EQ(server->metric("http_file_server_responses_total{status=\"405\"}"), 1);
}

} // namespace
} // namespace http_file_server
