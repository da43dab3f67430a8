// Goal: every request leads to what the server has for it, or to the status that says why not; the same for what was
// found there. Method: tables, without a server or a file.
#include "request_route.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace http_file_server {
namespace {

request get(std::string_view target) {
  return {.facts = {.conditions = {.received = 1000}},
          .method = "GET",
          .target = target,
          .one_host = true,
          .keep_alive = true};
}

std::string told(const request& asked) {
  const route to = route_of(asked);
  switch (to.to) {
  case route::kind::refused:
    return std::to_string(to.status);
  case route::kind::metrics:
    return "metrics";
  case route::kind::file:
    break;
  }
  return to.file + (to.folder_index ? " of a folder" : "");
}

TEST(RequestRoute, TargetsLeadToFiles) {
  EXPECT_EQ(told(get("/a/b.txt")), "a/b.txt");
  EXPECT_EQ(told(get("/a/b.txt?query")), "a/b.txt");
  EXPECT_EQ(told(get("http://host/a")), "a");
  EXPECT_EQ(told(get("/a/")), "a/index.html of a folder");
  EXPECT_EQ(told(get("/")), "./index.html of a folder");
  EXPECT_EQ(told(get("/metrics")), "metrics");
  EXPECT_EQ(told(get("/metrics?x")), "metrics");
  EXPECT_EQ(told(get("/metrics/")), "metrics/index.html of a folder");
}

TEST(RequestRoute, TargetsThatNameNothing) {
  for (const char* target : {"*", "a", "", "/..", "/%2e%2e/a", "/a%00", "/a%2fb", "/%", "/%g0", "host:80"})
    EXPECT_EQ(told(get(target)), "400") << target;
}

TEST(RequestRoute, MethodsAndHosts) {
  request other = get("/a");
  other.facts.method = method::other;
  EXPECT_EQ(told(other), "405");
  other.target = "*";
  EXPECT_EQ(told(other), "405"); // OPTIONS *
  request homeless = get("/a");
  homeless.one_host = false;
  EXPECT_EQ(told(homeless), "400");
  homeless.version = 10;
  EXPECT_EQ(told(homeless), "a");
}

TEST(RequestRoute, WhatWasFound) {
  const request asked = get("/a b");
  const route to{.to = route::kind::file, .file = "a b"};
  const response_plan file = plan_opened(asked, to, {.size = 10, .modified_ns = 500'999'999'999});
  EXPECT_EQ(file.status, 200U);
  EXPECT_EQ(file.length, 10U);
  EXPECT_EQ(file.file->validators.modified, 500);
  EXPECT_EQ(plan_opened(asked, to, {.error = ENOENT}).status, 404U);
  EXPECT_EQ(plan_opened(asked, to, {.error = EACCES}).status, 403U);
  EXPECT_EQ(plan_opened(asked, to, {.error = EIO}).status, 500U);

  const response_plan moved = plan_opened(asked, to, {.folder = true});
  EXPECT_EQ(moved.status, 301U);
  EXPECT_EQ(moved.location, "/a%20b/");
  const route index{.to = route::kind::file, .file = "a/index.html", .folder_index = true};
  const response_plan folder = plan_opened(asked, index, {.folder = true});
  EXPECT_EQ(folder.status, 403U);
  EXPECT_EQ(folder.location, "");
}

TEST(RequestRoute, NoFileWasModifiedInTheFuture) {
  const route to{.to = route::kind::file, .file = "a"};
  EXPECT_EQ(plan_opened(get("/a"), to, {.modified_ns = 2'000'000'000'000}).file->validators.modified, 1000);
}

TEST(RequestRoute, WhenTheConnectionEnds) {
  request asked = get("/a");
  EXPECT_FALSE(closes_behind(asked, 0, 3));
  EXPECT_FALSE(closes_behind(asked, 2, 3));
  EXPECT_TRUE(closes_behind(asked, 3, 3));
  asked.has_body = true;
  EXPECT_TRUE(closes_behind(asked, 0, 3));
  asked = get("/a");
  asked.keep_alive = false;
  EXPECT_TRUE(closes_behind(asked, 0, 3));
}

TEST(RequestRoute, TheLineOfTheLog) {
  request asked = get("/a%20b?c");
  EXPECT_EQ(request_line(asked), "GET /a%20b?c HTTP/1.1");
  asked.version = 10;
  EXPECT_EQ(request_line(asked), "GET /a%20b?c HTTP/1.0");
}

} // namespace
} // namespace http_file_server
