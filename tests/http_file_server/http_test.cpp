// Goal: the server speaks HTTP/1.1 as RFC 9110 and 9112 have it, and gives nothing but what is below its root.
// Method: curl against the program, with each engine, through the page cache and past it.
#include "server_run.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace http_file_server {
namespace {

namespace fs = std::filesystem;
using shardbridge::fixtures::make_pattern;
using shardbridge::fixtures::temporary_folder;

struct setting {
  const char* name;
  std::vector<std::string> arguments;
};
void PrintTo(const setting& which, std::ostream* out) {
  *out << which.name;
}

struct Files : testing::TestWithParam<setting> {};
INSTANTIATE_TEST_SUITE_P(All, Files,
                         testing::Values(setting{"bridge", {"--engine", "bridge"}},
                                         setting{"bridge_direct", {"--engine", "bridge", "--direct", "--shards", "2"}},
                                         setting{"pool", {"--engine", "pool", "--pool-threads", "2"}},
                                         setting{"pool_direct", {"--engine", "pool", "--direct"}}),
                         [](const auto& of) { return of.param.name; });

TEST_P(Files, EveryByteOfEverySize) {
  const temporary_folder root;
  const server_run server(root.path(), GetParam().arguments);
  for (const std::size_t size : {0, 1, 4095, 4096, 65535, 65536, 65537, 131072, 1'000'003}) {
    root.make_file("file", size);
    const response got = curl({server.url("/file")});
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.field("Content-Length"), std::to_string(size));
    EXPECT_TRUE(got.body == make_pattern(size)) << size;
  }
}

TEST_P(Files, RangesToTheByte) {
  const temporary_folder root;
  constexpr std::size_t size = 300'000;
  root.make_file("file", size);
  const std::string whole = make_pattern(size);
  const server_run server(root.path(), GetParam().arguments);
  struct range {
    std::size_t first, last;
  };
  for (const auto [first, last] : {range{0, 0}, range{1, 1}, range{4095, 4096}, range{4096, 8191}, range{65535, 65536},
                                   range{65530, 131099}, range{1, size - 1}, range{size - 1, size - 1}}) {
    const std::string name = std::to_string(first) + '-' + std::to_string(last);
    const response got = curl({server.url("/file"), "--range", name});
    EXPECT_EQ(got.status, 206);
    EXPECT_EQ(got.field("Content-Range"), "bytes " + name + "/300000");
    EXPECT_TRUE(got.body == whole.substr(first, last - first + 1)) << name;
  }
  EXPECT_TRUE(curl({server.url("/file"), "--range", "-70000"}).body == whole.substr(size - 70'000));
  EXPECT_TRUE(curl({server.url("/file"), "--range", "299999-"}).body == whole.substr(size - 1));
}

TEST_P(Files, PathsThatAreNotCachedAreOpenedElsewhere) {
  const temporary_folder root;
  const server_run server(root.path(), GetParam().arguments);
  // Nothing of a name that nobody has looked for is in the kernel's caches.
  EXPECT_EQ(curl({server.url("/nobody/has/looked/for/this")}).status, 404);
}

TEST_P(Files, WithoutMemoryToReadAhead) {
  const temporary_folder root;
  root.make_file("file", 300'000);
  std::vector<std::string> arguments = GetParam().arguments;
  arguments.insert(arguments.end(), {"--buffer-bytes", "64K"});
  const server_run server(root.path(), arguments);
  EXPECT_TRUE(curl({server.url("/file")}).body == make_pattern(300'000));
}

struct Http : testing::Test {
  temporary_folder root;
  std::string file = root.make_file("file.txt", 1000);
  server_run server{root.path()};
};

TEST_F(Http, HeadTellsTheLengthAlone) {
  const response got = curl({server.url("/file.txt"), "--head"});
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.field("Content-Length"), "1000");
  EXPECT_EQ(got.field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(got.body, "");
  EXPECT_EQ(curl({server.url("/none"), "--head"}).status, 404);
}

TEST_F(Http, Conditions) {
  const response first = curl({server.url("/file.txt")});
  const std::string etag = first.field("ETag");
  ASSERT_NE(etag, "");
  const auto status_with = [&](const std::string& field) {
    return curl({server.url("/file.txt"), "--header", field}).status;
  };
  EXPECT_EQ(status_with("If-None-Match: " + etag), 304);
  EXPECT_EQ(status_with("If-None-Match: \"other\", " + etag), 304);
  EXPECT_EQ(status_with("If-None-Match: \"other\""), 200);
  EXPECT_EQ(status_with("If-Modified-Since: " + first.field("Last-Modified")), 304);
  EXPECT_EQ(status_with("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"), 200);
  for (const char* form :
       {"Fri, 06 Nov 2054 08:49:37 GMT", "Fri Nov  6 08:49:37 2054", "Friday, 06-Nov-54 08:49:37 GMT"})
    EXPECT_EQ(status_with(std::string("If-Modified-Since: ") + form), 304) << form;
  EXPECT_EQ(status_with("If-Unmodified-Since: Sunday, 06-Nov-94 08:49:37 GMT"), 412);
  EXPECT_EQ(status_with("If-Match: \"other\""), 412);
  EXPECT_EQ(curl({server.url("/file.txt"), "-H", "If-None-Match: \"a\"", "-H", "If-None-Match: " + etag}).status, 304);

  // Another state of the file has another tag.
  std::ofstream(file, std::ios::app) << 'x';
  EXPECT_EQ(status_with("If-None-Match: " + etag), 200);
  EXPECT_EQ(curl({server.url("/file.txt"), "--range", "0-9", "-H", "If-Range: " + etag}).status, 200);
  const std::string now = curl({server.url("/file.txt")}).field("ETag");
  EXPECT_EQ(curl({server.url("/file.txt"), "--range", "0-9", "-H", "If-Range: " + now}).status, 206);
}

TEST_F(Http, RangesThatCannotBe) {
  const response got = curl({server.url("/file.txt"), "--range", "1000-"});
  EXPECT_EQ(got.status, 416);
  EXPECT_EQ(got.field("Content-Range"), "bytes */1000");
  EXPECT_EQ(curl({server.url("/file.txt"), "--range", "0-1,5-6"}).status, 200);
}

TEST_F(Http, OtherMethodsAreNotAllowed) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    const response got = curl({server.url("/file.txt"), "--request", method});
    EXPECT_EQ(got.status, 405) << method;
    EXPECT_EQ(got.field("Allow"), "GET, HEAD");
  }
  // A body is not read: the connection ends behind the response, which arrives all the same.
  const response got = curl({server.url("/file.txt"), "--data", std::string(100'000, 'x')});
  EXPECT_EQ(got.status, 405);
  EXPECT_EQ(got.field("Connection"), "close");
}

TEST_F(Http, FoldersHaveAnIndex) {
  fs::create_directory(root.path() / "a b");
  std::ofstream(root.path() / "a b/index.html") << "<p>here";
  fs::create_directory(root.path() / "empty");
  const response moved = curl({server.url("/a%20b")});
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(moved.field("Location"), "/a%20b/");
  const response index = curl({server.url("/a%20b/")});
  EXPECT_EQ(index.body, "<p>here");
  EXPECT_EQ(index.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(curl({server.url("/empty/")}).status, 404);
  EXPECT_EQ(curl({server.url("/")}).status, 404);
  fs::create_directory(root.path() / "empty/index.html");
  EXPECT_EQ(curl({server.url("/empty/")}).status, 403);
  EXPECT_EQ(curl({server.url("//empty")}).field("Location"), "/empty/");
}

TEST_F(Http, NothingOutsideTheRoot) {
  const temporary_folder outside;
  const std::string secret = outside.make_file("secret", 10);
  fs::create_symlink(secret, root.path() / "absolute");
  fs::create_directory_symlink("..", root.path() / "up");
  fs::create_symlink("file.txt", root.path() / "within");
  const std::string away = outside.path().filename().string() + "/secret";
  const std::vector<std::string> targets{"/../" + away,
                                         "/%2e%2e/" + away,
                                         "/x/../../" + away,
                                         "/..%2f" + away,
                                         "/..",
                                         "/../../../../../../etc/passwd",
                                         "/file.txt%00.html"};
  for (const std::string& target : targets)
    EXPECT_EQ(curl({server.url(target)}).status, 400) << target;
  EXPECT_EQ(curl({server.url("/absolute")}).status, 403);
  EXPECT_EQ(curl({server.url("/up/" + away)}).status, 403);
  EXPECT_EQ(curl({server.url("/within")}).status, 200);
  EXPECT_EQ(curl({server.url("/x/../file.txt")}).status, 200);
}

TEST_F(Http, WhatIsNoFileIsForbidden) {
  ASSERT_EQ(::mkfifo((root.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(curl({server.url("/pipe")}).status, 403);
  EXPECT_EQ(curl({server.url("/file.txt/below")}).status, 404);
  EXPECT_EQ(curl({server.url('/' + std::string(300, 'x'))}).status, 404);
}

TEST_F(Http, ConnectionsAreKept) {
  const program_result run = run_program({"curl", "--silent", "--noproxy", "*", "--write-out", "%{num_connects} ",
                                          "--output", "/dev/null", "--output", "/dev/null", "--output", "/dev/null",
                                          server.url("/file.txt"), server.url("/none"), server.url("/file.txt")});
  EXPECT_EQ(run.out, "1 0 0 ");
  EXPECT_EQ(server.metric("http_file_server_responses_total{status=\"200\"}"), 2);
  EXPECT_EQ(server.metric("http_file_server_responses_total{status=\"404\"}"), 1);
}

TEST_F(Http, OlderClients) {
  EXPECT_EQ(curl({server.url("/file.txt"), "--http1.0"}).field("Connection"), "close");
  const response kept = curl({server.url("/file.txt"), "--http1.0", "--header", "Connection: keep-alive"});
  EXPECT_EQ(kept.field("Connection"), "keep-alive");
  EXPECT_EQ(kept.body, make_pattern(1000));
}

TEST_F(Http, NumbersOfTheLibraryAndTheServer) {
  EXPECT_EQ(curl({server.url("/file.txt")}).status, 200);
  const response page = curl({server.url("/metrics")});
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.field("Content-Type").starts_with("text/plain"));
  EXPECT_NE(page.body.find("shardbridge_bridge_accepted_total{bridge=\"read-0\"}"), std::string::npos);
  EXPECT_NE(page.body.find("shardbridge_shard_turns_total{group=\"read\",shard=\"0\"}"), std::string::npos);
  EXPECT_EQ(server.metric("http_file_server_sent_bytes_total"), 1000);
  EXPECT_EQ(curl({server.url("/metrics"), "--head"}).body, "");
}

} // namespace
} // namespace http_file_server
