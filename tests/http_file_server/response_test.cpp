// Goal: conditions, ranges and methods lead to the status, fields and bytes that RFC 9110 says; log lines have their
// form. Method: stepped, without a server.
#include "log_line.hpp"
#include "mime_type.hpp"
#include "response_head.hpp"
#include "response_plan.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace http_file_server {
namespace {

constexpr std::int64_t modified = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT
const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
const std::string later = "Sun, 06 Nov 1994 08:49:38 GMT";
const std::string earlier = "Sun, 06 Nov 1994 08:49:36 GMT";
const validators state{.etag = "\"abc\"", .modified = modified};

TEST(Conditions, NoneHold) {
  EXPECT_EQ(evaluate({}, state), condition_result::holds);
}

TEST(Conditions, IfNoneMatch) {
  using enum condition_result;
  EXPECT_EQ(evaluate({.if_none_match = "\"abc\""}, state), not_modified);
  EXPECT_EQ(evaluate({.if_none_match = "W/\"abc\""}, state), not_modified);
  EXPECT_EQ(evaluate({.if_none_match = "\"x\", \"a,b\",\"abc\""}, state), not_modified);
  EXPECT_EQ(evaluate({.if_none_match = " * "}, state), not_modified);
  EXPECT_EQ(evaluate({.if_none_match = "\"x\""}, state), holds);
  for (const char* no_list : {"abc, \"abc", "abc", "\"", "W/", "W/abc", ",,", " ", "\"x\" W/", "W/W/\"abc"})
    EXPECT_EQ(evaluate({.if_none_match = no_list}, state), holds) << no_list;
  // It alone decides, where both are given.
  EXPECT_EQ(evaluate({.if_none_match = "\"x\"", .if_modified_since = date}, state), holds);
}

TEST(Conditions, IfModifiedSince) {
  using enum condition_result;
  EXPECT_EQ(evaluate({.if_modified_since = date}, state), not_modified);
  EXPECT_EQ(evaluate({.if_modified_since = later}, state), not_modified);
  EXPECT_EQ(evaluate({.if_modified_since = earlier}, state), holds);
}

const std::string other_forms[] = {"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"};

TEST(Conditions, DatesOfTheOtherForms) {
  using enum condition_result;
  for (const std::string& same : other_forms) {
    EXPECT_EQ(evaluate({.received = modified + 9, .if_modified_since = same}, state), not_modified);
    EXPECT_EQ(evaluate({.received = modified + 9, .if_unmodified_since = same}, state), holds);
    EXPECT_TRUE(range_counts({.received = modified + 9, .if_range = same}, state));
    const validators newer{.etag = "\"abc\"", .modified = modified + 1};
    EXPECT_EQ(evaluate({.received = modified + 9, .if_modified_since = same}, newer), holds);
    EXPECT_EQ(evaluate({.received = modified + 9, .if_unmodified_since = same}, newer), failed);
    EXPECT_FALSE(range_counts({.received = modified + 9, .if_range = same}, newer));
  }
}

// Section 13.1.3 and 13.1.4: ignored. 13.1.5: the condition does not hold.
TEST(Conditions, WhatIsNoDate) {
  using enum condition_result;
  for (const std::string& no_date : {std::string("yesterday"), date + ", " + date, "Mon" + date.substr(3)}) {
    EXPECT_EQ(evaluate({.received = modified + 9, .if_modified_since = no_date}, state), holds);
    EXPECT_EQ(evaluate({.received = modified + 9, .if_unmodified_since = no_date}, state), holds);
    EXPECT_FALSE(range_counts({.received = modified + 9, .if_range = no_date}, state));
  }
}

TEST(Conditions, IfMatchAndIfUnmodifiedSince) {
  using enum condition_result;
  EXPECT_EQ(evaluate({.if_match = "\"abc\""}, state), holds);
  EXPECT_EQ(evaluate({.if_match = "*"}, state), holds);
  EXPECT_EQ(evaluate({.if_match = "W/\"abc\""}, state), failed);
  EXPECT_EQ(evaluate({.if_match = "\"x\""}, state), failed);
  EXPECT_EQ(evaluate({.if_unmodified_since = earlier}, state), failed);
  EXPECT_EQ(evaluate({.if_unmodified_since = date}, state), holds);
  EXPECT_EQ(evaluate({.if_match = "\"abc\"", .if_unmodified_since = earlier}, state), holds);
}

TEST(Conditions, IfRange) {
  EXPECT_TRUE(range_counts({}, state));
  EXPECT_TRUE(range_counts({.if_range = "\"abc\""}, state));
  EXPECT_TRUE(range_counts({.received = modified + 1, .if_range = date}, state));
  EXPECT_FALSE(range_counts({.received = modified, .if_range = date}, state)); // the second is not over
  EXPECT_FALSE(range_counts({.received = modified + 9, .if_range = earlier}, state));
  EXPECT_FALSE(range_counts({.if_range = "\"x\""}, state));
  EXPECT_FALSE(range_counts({.if_range = "W/\"abc\""}, state));
  EXPECT_FALSE(range_counts({.received = modified + 9, .if_range = later}, state));
}

TEST(Etag, TellsStatesApart) {
  EXPECT_EQ(make_etag(1, 2, 255), "\"1-2-ff\"");
  EXPECT_NE(make_etag(1, 2, 3), make_etag(1, 2, 4));
  EXPECT_NE(make_etag(1, 2, 3), make_etag(4, 2, 3));
}

const file_facts file{.size = 100, .validators = state, .type = "text/plain"};

TEST(ResponsePlan, TheWholeFile) {
  const response_plan plan = plan_file({}, file);
  EXPECT_EQ(plan.status, 200U);
  EXPECT_TRUE(plan.send_file);
  EXPECT_EQ(plan.length, 100U);
  EXPECT_EQ(response_head(plan, {.date = later}),
            "HTTP/1.1 200 OK\r\nServer: shardbridge\r\nDate: " + later +
                "\r\nContent-Length: 100\r\nContent-Type: text/plain\r\nLast-Modified: " + date +
                "\r\nETag: \"abc\"\r\nAccept-Ranges: bytes\r\n\r\n");
}

std::string head_of(const response_plan& plan) {
  return response_head(plan, {.date = later, .retry_after = 7, .http_1_0_keep_alive = true});
}

TEST(ResponsePlan, APart) {
  const response_plan plan = plan_file({.range = "bytes=10-19"}, file);
  EXPECT_EQ(plan.status, 206U);
  EXPECT_EQ(plan.first, 10U);
  EXPECT_EQ(plan.length, 10U);
  EXPECT_NE(head_of(plan).find("\r\nContent-Range: bytes 10-19/100\r\n"), std::string::npos);
}

TEST(ResponsePlan, APartThatDoesNotExist) {
  const response_plan plan = plan_file({.range = "bytes=100-"}, file);
  EXPECT_EQ(plan.status, 416U);
  EXPECT_FALSE(plan.send_file);
  EXPECT_NE(head_of(plan).find("\r\nContent-Range: bytes */100\r\n"), std::string::npos);
}

TEST(ResponsePlan, APartOfAnotherStateIsTheWhole) {
  EXPECT_EQ(plan_file({.range = "bytes=10-19", .conditions = {.if_range = "\"old\""}}, file).status, 200U);
}

TEST(ResponsePlan, HeadIsTheHeadOfTheWhole) {
  const response_plan plan = plan_file({.method = method::head, .range = "bytes=1-2"}, file);
  EXPECT_EQ(plan.status, 200U);
  EXPECT_FALSE(plan.send_file);
  EXPECT_NE(head_of(plan).find("\r\nContent-Length: 100\r\n"), std::string::npos);
}

TEST(ResponsePlan, NotModifiedHasNoContentAndNoLength) {
  const response_plan plan = plan_file({.conditions = {.if_none_match = "*"}}, file);
  EXPECT_EQ(plan.status, 304U);
  EXPECT_TRUE(plan.head_only);
  EXPECT_EQ(head_of(plan).find("Content-Length"), std::string::npos);
  EXPECT_NE(head_of(plan).find("\r\nETag: \"abc\"\r\n"), std::string::npos);
}

TEST(ResponsePlan, FailedCondition) {
  EXPECT_EQ(plan_file({.conditions = {.if_match = "\"x\""}}, file).status, 412U);
}

TEST(ResponseHead, FieldsThatComeWithAStatus) {
  EXPECT_NE(head_of(plan_status(405, method::other)).find("\r\nAllow: GET, HEAD\r\n"), std::string::npos);
  EXPECT_NE(head_of(plan_status(503, method::get)).find("\r\nRetry-After: 7\r\n"), std::string::npos);
  response_plan moved = plan_status(301, method::get);
  moved.location = "/a/";
  EXPECT_NE(head_of(moved).find("\r\nLocation: /a/\r\n"), std::string::npos);
  EXPECT_NE(head_of(moved).find("\r\nConnection: keep-alive\r\n"), std::string::npos);
  moved.close = true;
  EXPECT_NE(head_of(moved).find("\r\nConnection: close\r\n"), std::string::npos);
}

TEST(ResponsePlan, StatusOfErrors) {
  for (const int error : {ENOENT, ENOTDIR, ENAMETOOLONG})
    EXPECT_EQ(status_of_error(error), 404U);
  for (const int error : {EACCES, EPERM, ELOOP, EXDEV})
    EXPECT_EQ(status_of_error(error), 403U);
  for (const int error : {EMFILE, ENFILE, ENOMEM, EBUSY})
    EXPECT_EQ(status_of_error(error), 503U);
  EXPECT_EQ(status_of_error(ETIMEDOUT), 504U);
  EXPECT_EQ(status_of_error(EIO), 500U);
  for (const unsigned status : {200, 206, 301, 304, 400, 403, 404, 405, 412, 416, 431, 503, 504})
    EXPECT_NE(reason_of(status), reason_of(500)) << status;
}

TEST(MimeType, BySuffix) {
  EXPECT_EQ(mime_type("a/b.html"), "text/html; charset=utf-8");
  EXPECT_EQ(mime_type("a.PNG"), "image/png");
  for (const char* unknown : {"a", "a.", "a.xyz", "html", "dir.html/file", ""})
    EXPECT_EQ(mime_type(unknown), "application/octet-stream") << unknown;
}

TEST(LogLine, CombinedFormat) {
  EXPECT_EQ(log_line({.client = "::1",
                      .seconds = modified,
                      .request_line = "GET /a HTTP/1.1",
                      .status = 200,
                      .bytes = 5,
                      .referer = "http://b/",
                      .user_agent = ""}),
            "::1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a HTTP/1.1\" 200 5 \"http://b/\" \"-\"\n");
}

TEST(LogLine, ClientsCannotForgeLines) {
  const std::string line =
      log_line({.client = "c", .request_line = "a\"\n\\\x7f\xff", .referer = "", .user_agent = ""});
  EXPECT_NE(line.find(R"("a\x22\x0a\x5c\x7f\xff")"), std::string::npos) << line;
}

} // namespace
} // namespace http_file_server
