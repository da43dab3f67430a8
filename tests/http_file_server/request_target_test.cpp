// Goal: a target names a path below the root, or nothing. Method: tables.
#include "request_target.hpp"

#include <gtest/gtest.h>

namespace http_file_server {
namespace {

std::string resolved(std::string_view target) {
  const auto path = resolve_target(target);
  return path ? path->path + (path->folder ? " folder" : "") : "refused";
}

TEST(RequestTarget, PathsAreRelativeToTheRoot) {
  EXPECT_EQ(resolved("/"), ". folder");
  EXPECT_EQ(resolved("/a"), "a");
  EXPECT_EQ(resolved("/a/b.txt"), "a/b.txt");
  EXPECT_EQ(resolved("/a/"), "a folder");
  EXPECT_EQ(resolved("//a//b"), "a/b");
}

TEST(RequestTarget, DotsAreResolved) {
  EXPECT_EQ(resolved("/./a/./b"), "a/b");
  EXPECT_EQ(resolved("/a/../b"), "b");
  EXPECT_EQ(resolved("/a/b/.."), "a folder");
  EXPECT_EQ(resolved("/a/.."), ". folder");
  EXPECT_EQ(resolved("/..."), "...");
  EXPECT_EQ(resolved("/.hidden"), ".hidden");
}

TEST(RequestTarget, NothingLeadsAboveTheRoot) {
  for (const char* target : {"/..", "/../a", "/a/../..", "/a/../../b", "/%2e%2e/a", "/.%2E/a", "//../a", "/./../a"})
    EXPECT_EQ(resolved(target), "refused") << target;
}

TEST(RequestTarget, EscapesAreDecoded) {
  EXPECT_EQ(resolved("/a%20b%C3%a9"), "a b\xC3\xA9");
  EXPECT_EQ(resolved("/100%25"), "100%");
  EXPECT_EQ(resolved("/%2561"), "%61"); // once
}

TEST(RequestTarget, BadEscapesAreRefused) {
  for (const char* target : {"/%", "/%4", "/%zz", "/a%00b", "/a%2fb", "/..%2f..%2fetc"})
    EXPECT_EQ(resolved(target), "refused") << target;
}

TEST(RequestTarget, QueryAndOriginAreLeftOut) {
  EXPECT_EQ(resolved("/a?b=/../c"), "a");
  EXPECT_EQ(resolved("/a#b"), "a");
  EXPECT_EQ(resolved("http://host:80/a/b?c"), "a/b");
  EXPECT_EQ(resolved("http://host"), ". folder");
  EXPECT_EQ(resolved("/a?u=http://b/c"), "a");
}

TEST(RequestTarget, WhatIsNoPathIsRefused) {
  for (const char* target : {"", "*", "a/b", "host:80", "?a"})
    EXPECT_EQ(resolved(target), "refused") << target;
}

TEST(RequestTarget, LocationStaysOnThisServer) {
  EXPECT_EQ(location_of_folder("a/b c"), "/a/b%20c/");
  EXPECT_EQ(location_of_folder("a?b%"), "/a%3Fb%25/");
  EXPECT_EQ(location_of_folder(resolve_target("//host/x")->path), "/host/x/");
  EXPECT_EQ(location_of_folder("a\r\nb"), "/a%0D%0Ab/");
}

} // namespace
} // namespace http_file_server
