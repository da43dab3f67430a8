// Goal: `echo` measures every engine in every setting, says so in a table and in JSON that programs can rely on, and a
// server that does not do as it should is found out. Method: the parser of options on texts, the client against servers
// of the test's own, short runs of the program. Figures are not judged: a test machine is busy.

#include "echo/client.hpp"
#include "echo/options.hpp"
#include "program.hpp"
#include "sentence_of.hpp"

#include <boost/asio.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <functional>
#include <set>
#include <sstream>
#include <thread>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string answer_to(const echo_texts& texts) {
  return sentence_of([&] { parse_options(texts); });
}

TEST(echo_options, make_every_combination) {
  echo_texts texts;
  texts.connections = "1,50";
  texts.pipeline = "1,8";
  texts.bytes = "1K";
  const auto settings = parse_options(texts).settings();
  ASSERT_EQ(settings.size(), 4U);
  EXPECT_EQ(settings[1].connections, 1U);
  EXPECT_EQ(settings[1].pipeline, 8U);
  EXPECT_EQ(settings[1].batch_bytes(), 8192U);
  EXPECT_EQ(settings[2].connections, 50U);
}

TEST(echo_options, refuse_what_makes_no_sense) {
  echo_texts texts;
  texts.bytes = "0";
  EXPECT_NE(answer_to(texts).find("--bytes"), std::string::npos);
  texts.bytes = "4K";
  EXPECT_NE(answer_to(texts).find("--pipeline"), std::string::npos) << "32 times 4 KiB";
  texts.pipeline = "16";
  EXPECT_EQ(answer_to(texts), "accepted");
  texts.connections = "0";
  EXPECT_NE(answer_to(texts).find("--connections"), std::string::npos);
}

/// Serves one connection, in a thread of its own, as the test says.
class test_server {
 public:
  explicit test_server(std::function<void(tcp::socket&)> serve)
      : thread_([this, serve = std::move(serve)] {
          tcp::socket made = acceptor_.accept();
          serve(made);
        }) {}
  ~test_server() { thread_.join(); }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

constexpr echo_setting one_at_a_time{.connections = 1, .pipeline = 1, .bytes = 100};

template <class Action>
std::string failure_of(Action action) {
  try {
    action();
  } catch (const run_failure& failed) {
    return failed.what();
  }
  return "none";
}

/// What the client says of a server.
std::string verdict_on(std::function<void(tcp::socket&)> serve) {
  const test_server server(std::move(serve));
  echo_client client(server.port(), one_at_a_time);
  return failure_of([&] { client.run(0.01); });
}

TEST(echo_client, counts_what_was_answered) {
  std::uint64_t answered = 0;
  {
    const test_server server([&](tcp::socket& client) {
      std::array<char, 100> bytes{};
      boost::system::error_code ended;
      while (asio::read(client, asio::buffer(bytes), ended) == bytes.size()) {
        // In two parts, which the client must put together.
        asio::write(client, asio::buffer(bytes, 33));
        ++answered;
        asio::write(client, asio::buffer(bytes) + 33);
      }
    });
    echo_client client(server.port(), one_at_a_time);
    const client_account account = client.run(0.05);
    EXPECT_GT(account.requests, 0U);
    EXPECT_EQ(account.trips.count(), account.requests);
    EXPECT_GE(account.seconds, 0.05);
    client_account again = client.run(0.01);
    EXPECT_GT(again.requests, 0U);
    answered -= account.requests + again.requests;
  }
  EXPECT_EQ(answered, 0U);
}

TEST(echo_client, finds_servers_out) {
  const auto closed = verdict_on([](tcp::socket& client) {
    std::array<char, 100> bytes{};
    asio::read(client, asio::buffer(bytes));
  });
  EXPECT_NE(closed.find("closed a connection"), std::string::npos) << closed;
  const auto wrong = verdict_on([](tcp::socket& client) {
    std::array<char, 100> bytes{};
    asio::read(client, asio::buffer(bytes));
    bytes[99] ^= 1;
    asio::write(client, asio::buffer(bytes));
  });
  EXPECT_NE(wrong.find("something else"), std::string::npos) << wrong;
  EXPECT_NE(failure_of([] { const echo_client client(1, one_at_a_time); }).find("connect"), std::string::npos);
}

TEST(echo, json_has_every_engine_and_value) {
  const auto result = run_program({"echo", "--seconds", "0.05", "--rounds", "2", "--connections", "3", "--pipeline",
                                   "1,4", "--quiet", "--json", "-"});
  if (result.err.find("two CPUs") != std::string::npos) GTEST_SKIP() << result.err;
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("shard-direct"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_TRUE(json.at("environment").contains("kernel"));
  std::set<std::string> seen;
  for (const auto& row : json.at("results")) {
    std::ostringstream name;
    name << row.at("engine").get<std::string>() << ' ' << row.at("pipeline");
    seen.insert(name.str());
    EXPECT_EQ(row.at("connections"), 3);
    EXPECT_EQ(row.at("rounds"), 2);
    EXPECT_GT(row.at("requests"), 0);
    for (const char* key : {"requests_per_second", "trip_p50_us", "trip_p99_us", "times_asio"})
      EXPECT_GT(row.at(key).at("median").get<double>(), 0) << key << row;
  }
  EXPECT_EQ(seen,
            (std::set<std::string>{"asio 1", "asio 4", "shard 1", "shard 4", "shard-direct 1", "shard-direct 4"}));
}

TEST(echo, says_what_it_cannot_use) {
  const auto unknown = run_program({"echo", "--engine", "asio,none"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("--engine 'none' is unknown; there are shard shard-direct asio"), std::string::npos)
      << unknown.err;
  const auto alone = run_program({"echo", "--engine", "shard", "--seconds", "0.02", "--rounds", "1", "--quiet"});
  if (alone.err.find("two CPUs") != std::string::npos) GTEST_SKIP() << alone.err;
  EXPECT_EQ(alone.exit_code, 0) << alone.err;
  EXPECT_NE(alone.out.find("shard"), std::string::npos);
}

} // namespace
} // namespace shardbridge::bench
