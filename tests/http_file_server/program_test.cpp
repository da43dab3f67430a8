// Goal: the command line is understood or refused in a sentence, and load is served without an error or a loss.
// Method: runs that must fail, and wrk, whose count of requests must be that of the server's numbers and log.
#include "server_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace http_file_server {
namespace {

using shardbridge::fixtures::temporary_folder;

program_result server_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), HTTP_FILE_SERVER_PROGRAM);
  return run_program(arguments);
}

void expect_refused(const program_result& run, int exit_code, const std::string& sentence) {
  EXPECT_EQ(run.exit_code, exit_code) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_TRUE(run.err.starts_with("example_http_file_server: ")) << run.err;
  EXPECT_NE(run.err.find(sentence), std::string::npos) << run.err;
  EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << run.err;
}

TEST(Program, Help) {
  const program_result run = server_with({"--help"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
  for (const char* option : {"--root", "--engine", "--direct", "--max-ops", "--access-log", "--grace", "Exit codes"})
    EXPECT_NE(run.out.find(option), std::string::npos) << option;
}

TEST(Program, BadOptions) {
  struct bad {
    std::vector<std::string> arguments;
    const char* sentence;
  };
  const bad all[] = {
      {{}, "--root is required"},
      {{"--root", "/", "--nonsense"}, "--nonsense"},
      {{"--root", "/", "--port", "70000"}, "--port"},
      {{"--root", "/", "--port", "x"}, "--port"},
      {{"--root", "/", "--threads", "0"}, "--threads"},
      {{"--root", "/", "--engine", "magic"}, "--engine"},
      {{"--root", "/", "--max-ops", "0"}, "--max-ops"},
      {{"--root", "/", "--max-bytes", "1"}, "--max-bytes"},
      {{"--root", "/", "--grace", "0"}, "--grace"},
      {{"--root", "/", "--address", "somewhere"}, "--address takes an IPv4 or IPv6 address, not 'somewhere'"},
      {{"--root", "/nowhere"}, "the root '/nowhere' cannot be opened: No such file or directory"},
      {{"--root", "/etc/passwd"}, "the root '/etc/passwd' cannot be opened: Not a directory"},
  };
  for (const auto& [arguments, sentence] : all)
    expect_refused(server_with(arguments), 2, sentence);
}

TEST(Program, CannotServe) {
  const temporary_folder root;
  const server_run other(root.path());
  const std::string port = std::to_string(other.port());
  expect_refused(server_with({"--root", root.path(), "--port", port}), 1,
                 "cannot listen on 127.0.0.1 port " + port + ": Address already in use");
  expect_refused(server_with({"--root", root.path(), "--address", "192.0.2.1"}), 1, "cannot listen on 192.0.2.1");
  expect_refused(server_with({"--root", root.path(), "--port", "0", "--access-log", "/nowhere/log"}), 1,
                 "the access log '/nowhere/log' cannot be opened");
}

TEST(Program, ServesOnIpv6) {
  const temporary_folder root;
  root.make_file("file", 10);
  server_run server(root.path(), {"--address", "::1"});
  const std::string said = server.out_so_far();
  EXPECT_TRUE(said.starts_with("listening on http://[::1]:")) << said;
  EXPECT_EQ(curl({"http://[::1]:" + std::to_string(server.port()) + "/file", "--globoff"}).status, 200);
}

struct Load : testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engine, Load, testing::Values("bridge", "pool"));

TEST_P(Load, EveryRequestIsAnsweredAndCounted) {
  const temporary_folder root;
  root.make_file("file", 100'000);
  const std::string log = root.path() / "log";
  server_run server(root.path(), {"--engine", GetParam(), "--access-log", log, "--max-ops", "4096"});
  const program_result run =
      run_program({"wrk", "--threads", "2", "--connections", "64", "--duration", "1s", server.url("/file")});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out.find("Non-2xx"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("Socket errors"), std::string::npos) << run.out;
  const auto end_of_count = run.out.find(" requests in ");
  ASSERT_NE(end_of_count, std::string::npos) << run.out;
  const double counted = std::atof(run.out.c_str() + run.out.rfind('\n', end_of_count) + 1);

  EXPECT_TRUE(server.metric_becomes("http_file_server_connections", 1)); // that of the question
  const double answered = server.metric("http_file_server_responses_total{status=\"200\"}");
  const double cut_short = server.metric("http_file_server_cut_short_total");
  // At its end wrk leaves the last request of each connection, which it does not count.
  EXPECT_GE(answered, counted);
  EXPECT_LE(answered, counted + 64);
  EXPECT_LE(cut_short, answered - counted);
  EXPECT_EQ(server.metric("http_file_server_access_log_dropped_total"), 0);

  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
  std::ifstream lines(log);
  const std::string text{std::istreambuf_iterator<char>(lines), {}};
  std::size_t logged = 0;
  for (auto at = text.find("GET /file HTTP/1.1\" 200 "); at != text.npos; at = text.find("GET /file ", at + 1))
    ++logged;
  EXPECT_EQ(static_cast<double>(logged), answered);
}

} // namespace
} // namespace http_file_server
