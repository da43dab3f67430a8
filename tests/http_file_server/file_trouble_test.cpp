// Goal: files that change while they are sent, and those that cannot be opened, end in what a client can tell from a
// whole response. Method: files that a test truncates, removes, replaces or hides, and a server with too few
// descriptors.
#include "served_folder.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace http_file_server {
namespace {

namespace fs = std::filesystem;

struct FileTrouble : served_folder {};

TEST_F(FileTrouble, TruncatedWhileItIsSent) {
  for (const char* engine : {"bridge", "pool"}) {
    make_large("shrinks");
    start({"--engine", engine});
    const raw_client client(*server);
    client.send(get("/shrinks"));
    EXPECT_EQ(client.read(1), "H");
    fs::resize_file(root.path() / "shrinks", 100);
    EXPECT_LT(client.read_all().size(), large);
    EXPECT_EQ(server->metric("http_file_server_cut_short_total"), 1);
    EXPECT_EQ(server->metric("http_file_server_timed_out_total"), 0);
  }
}

TEST_F(FileTrouble, RemovedWhileItIsSent) {
  start();
  const raw_client client(*server);
  client.send(get("/large", "Connection: close\r\n"));
  EXPECT_EQ(client.read(1), "H");
  fs::remove(root.path() / "large");
  EXPECT_EQ(curl({server->url("/large")}).status, 404);
  const std::string rest = client.read_all();
  EXPECT_EQ(rest.size() - rest.find("\r\n\r\n") - 4, large);
}

TEST_F(FileTrouble, ReplacedBetweenTwoRanges) {
  start();
  const std::string before = curl({server->url("/small"), "--range", "0-4"}).field("ETag");
  root.make_file("new", 20);
  fs::rename(root.path() / "new", root.path() / "small");
  const response got = curl({server->url("/small"), "--range", "5-9", "--header", "If-Range: " + before});
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, make_pattern(20));
}

TEST_F(FileTrouble, WithoutPermission) {
  const auto as_nobody = [] {
    return ::geteuid() != 0 || shardbridge::fixtures::become_nobody(HTTP_FILE_SERVER_PROGRAM);
  };
  if (run_program({"true"}, as_nobody).exit_code != 0) GTEST_SKIP() << "root cannot run the server as somebody else";
  fs::permissions(root.path(), fs::perms(0755));
  fs::create_directory(root.path() / "folder");
  root.make_file("folder/file", 10);
  for (const char* path : {"small", "folder"})
    fs::permissions(root.path() / path, fs::perms(0));
  start({}, as_nobody);
  EXPECT_EQ(curl({server->url("/small")}).status, 403);
  EXPECT_EQ(curl({server->url("/folder")}).status, 403);
  EXPECT_EQ(curl({server->url("/folder/")}).status, 403);
  EXPECT_EQ(curl({server->url("/folder/file")}).status, 403);
  fs::permissions(root.path() / "small", fs::perms(0644));
  EXPECT_EQ(curl({server->url("/small")}).status, 200);
  fs::permissions(root.path() / "folder", fs::perms(0700)); // to be removed
}

TEST_F(FileTrouble, NamesThatLeadNowhere) {
  fs::create_symlink("circle", root.path() / "circle");
  fs::create_symlink("none", root.path() / "dangling");
  start();
  EXPECT_EQ(curl({server->url("/circle")}).status, 403);
  EXPECT_EQ(curl({server->url("/dangling")}).status, 404);
  std::string deep;
  for (int i = 0; i != 2500; ++i)
    deep += "/x"; // more than PATH_MAX
  EXPECT_EQ(curl({server->url(deep)}).status, 404);
}

TEST_F(FileTrouble, ASocketIsForbidden) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string path = root.path() / "socket";
  ASSERT_LT(path.copy(name.sun_path, sizeof name.sun_path - 1), sizeof name.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
  start();
  EXPECT_EQ(curl({server->url("/socket")}).status, 403);
  ::close(socket);
}

std::size_t descriptors(const server_run& of) {
  const fs::directory_iterator all("/proc/" + std::to_string(of.pid()) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Sets the limit so that the program can have so many more descriptors than it has now. Returns what it was.
rlimit leave_descriptors(const server_run& to, std::size_t more) {
  const fs::path all = "/proc/" + std::to_string(to.pid()) + "/fd";
  rlim_t limit = 0; // every number below is in use, but for as many
  for (std::size_t free = 0; free != more || fs::is_symlink(all / std::to_string(limit)); ++limit)
    if (!fs::is_symlink(all / std::to_string(limit))) ++free;
  rlimit before{};
  ::prlimit(to.pid(), RLIMIT_NOFILE, nullptr, &before);
  const rlimit now{.rlim_cur = limit, .rlim_max = before.rlim_max};
  ::prlimit(to.pid(), RLIMIT_NOFILE, &now, nullptr);
  return before;
}

TEST_F(FileTrouble, WithoutDescriptors) {
  for (const char* engine : {"bridge", "pool"}) {
    start({"--engine", engine});
    const std::size_t own = descriptors(*server);
    const raw_client first(*server);
    first.send(get("/small"));
    EXPECT_TRUE(first.read_until(make_pattern(10)).ends_with(make_pattern(10)));
    ASSERT_TRUE(server->wait_until([&] { return descriptors(*server) == own + 1; })); // the file is closed

    // One for the connection that comes; none for its file, and none to accept another.
    const rlimit before = leave_descriptors(*server, 1);
    std::optional<raw_client> second(std::in_place, *server);
    second->send(get("/small"));
    EXPECT_EQ(status_of(second->read_until("503 Service Unavailable\n")), "HTTP/1.1 503 Service Unavailable");
    const raw_client third(*server);
    third.send(get("/small"));
    first.send(get("/small"));
    EXPECT_EQ(status_of(first.read_until("503 Service Unavailable\n")), "HTTP/1.1 503 Service Unavailable");
    EXPECT_FALSE(third.has_input());

    second.reset();
    EXPECT_EQ(status_of(third.read_until("503 Service Unavailable\n")), "HTTP/1.1 503 Service Unavailable");
    ASSERT_EQ(::prlimit(server->pid(), RLIMIT_NOFILE, &before, nullptr), 0);
    EXPECT_EQ(curl({server->url("/small")}).status, 200);
    EXPECT_EQ(server->metric("http_file_server_responses_total{status=\"503\"}"), 3);
  }
}

} // namespace
} // namespace http_file_server
