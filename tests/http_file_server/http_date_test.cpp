// Goal: the three forms of a date that HTTP has are read, and nothing else is. Method: tables.
#include "http_date.hpp"

#include <gtest/gtest.h>

#include <string>

namespace http_file_server {
namespace {

constexpr std::int64_t moment = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT

std::int64_t at(const char* date) {
  return parse_http_date(date, moment).value_or(-1);
}

TEST(HttpDate, Writing) {
  EXPECT_EQ(http_date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(log_date(moment), "06/Nov/1994:08:49:37 +0000");
}

TEST(HttpDate, ThereAndBack) {
  for (std::int64_t when = 0; when < 5'000'000'000; when += 86'399 * 7)
    ASSERT_EQ(parse_http_date(http_date(when), moment), when);
}

TEST(HttpDate, TheThreeForms) {
  EXPECT_EQ(at("Sun, 06 Nov 1994 08:49:37 GMT"), moment);
  EXPECT_EQ(at("Sunday, 06-Nov-94 08:49:37 GMT"), moment);
  EXPECT_EQ(at("Sun Nov  6 08:49:37 1994"), moment);
  EXPECT_EQ(at("Wed Nov 16 08:49:37 1994"), moment + 10 * 86'400);
  EXPECT_EQ(at("Sun Nov 06 08:49:37 1994"), moment);
}

TEST(HttpDate, EveryWeekdayByItsWholeName) {
  for (const char* date :
       {"Monday, 07-Nov-94 00:00:00 GMT", "Tuesday, 08-Nov-94 00:00:00 GMT", "Wednesday, 09-Nov-94 00:00:00 GMT",
        "Thursday, 10-Nov-94 00:00:00 GMT", "Friday, 11-Nov-94 00:00:00 GMT", "Saturday, 12-Nov-94 00:00:00 GMT"})
    EXPECT_NE(at(date), -1) << date;
}

TEST(HttpDate, TwoDigitsOfAYear) {
  struct row {
    const char* date;
    const char* now;
    const char* meant; ///< "" for none
  };
  const row rows[] = {
      {"Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"},
      {"Sunday, 22-Nov-26 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT"},
      // Exactly 50 years ahead is not more than that; a second later is, and the weekday is that of the past.
      {"Sunday, 22-Nov-76 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2076 10:00:00 GMT"},
      {"Monday, 22-Nov-76 10:00:01 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", "Mon, 22 Nov 1976 10:00:01 GMT"},
      {"Sunday, 22-Nov-76 10:00:01 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", ""},
      // Beyond the end of the century.
      {"Wednesday, 01-Jan-10 00:00:00 GMT", "Mon, 01 Jan 2080 00:00:00 GMT", "Wed, 01 Jan 2110 00:00:00 GMT"},
      {"Saturday, 01-Jan-00 00:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"},
      // 2000 was a leap year, 2100 will be none.
      {"Tuesday, 29-Feb-00 00:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", "Tue, 29 Feb 2000 00:00:00 GMT"},
      {"Monday, 01-Mar-00 00:00:00 GMT", "Tue, 01 Jan 2058 00:00:00 GMT", "Mon, 01 Mar 2100 00:00:00 GMT"},
      {"Tuesday, 29-Feb-00 00:00:00 GMT", "Tue, 01 Jan 2058 00:00:00 GMT", ""},
      // In 50 years of a 29th of February it is the 1st of March.
      {"Wednesday, 01-Mar-78 00:00:00 GMT", "Tue, 29 Feb 2028 00:00:00 GMT", ""},
      {"Tuesday, 01-Mar-78 00:00:00 GMT", "Tue, 29 Feb 2028 00:00:00 GMT", "Tue, 01 Mar 2078 00:00:00 GMT"},
  };
  for (const auto& [date, now, meant] : rows) {
    const auto then = parse_http_date(now, 0);
    ASSERT_TRUE(then) << now;
    const auto got = parse_http_date(date, *then);
    EXPECT_EQ(got ? http_date(*got) : "", meant) << date << " at " << now;
  }
}

TEST(HttpDate, LeapSecondsAreAtTheEndOfADay) {
  EXPECT_EQ(at("Sat, 31 Dec 2016 23:59:60 GMT"), at("Sun, 01 Jan 2017 00:00:00 GMT"));
  EXPECT_EQ(at("Sat, 31 Dec 2016 22:59:60 GMT"), -1);
  EXPECT_EQ(at("Sat, 31 Dec 2016 23:59:61 GMT"), -1);
}

TEST(HttpDate, AnythingElseIsNone) {
  for (const char* text : {
           "",
           " ",
           "yesterday",
           "784111777",
           "-1",
           // Of another shape.
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           " Sun, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 06 Nov 1994 08:49:37 +0000",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sunday, 06 Nov 1994 08:49:37 GMT",
           "Sun 06 Nov 1994 08:49:37 GMT",
           "Sun, 06-Nov-94 08:49:37 GMT",
           "Sunday, 06-Nov-1994 08:49:37 GMT",
           "Sunday, 6-Nov-94 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "Sun Nov  6 08:49:37 1994 GMT",
           "Sun Nov  6 08:49:37 94",
           "Sun, Nov  6 08:49:37 1994",
           "Sun Nov 6  08:49:37 1994",
           "sun, 06 nov 1994 08:49:37 gmt",
           "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
           // Of another weekday, or on a day or at a time that there is none.
           "Mon, 06 Nov 1994 08:49:37 GMT",
           "Monday, 06-Nov-94 08:49:37 GMT",
           "Mon Nov  6 08:49:37 1994",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Sun, 31 Feb 1994 08:49:37 GMT",
           "Sun Nov 31 08:49:37 1994",
           "Sun Nov  0 08:49:37 1994",
           "Sun, 06 Nov 1994 24:49:37 GMT",
           "Sun, 06 Nov 1994 08:60:37 GMT",
           "Sun, 06 Nov 1994 08:49:60 GMT",
           "Sun, 06 Nov 1994 08:49:99 GMT",
           // With what is no number or name.
           "Sun, 06 Xyz 1994 08:49:37 GMT",
           "Xyz, 06 Nov 1994 08:49:37 GMT",
           "Sun, -6 Nov 1994 08:49:37 GMT",
           "Sun, +6 Nov 1994 08:49:37 GMT",
           "Sun,  6 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov  994 08:49:37 GMT",
           "Sun, 0x Nov 1994 08:49:37 GMT",
           "Sun Nov    08:49:37 1994",
           "Sunday, 06-Nov-9x 08:49:37 GMT",
       })
    EXPECT_EQ(at(text), -1) << text;
}

TEST(HttpDate, NoPartOfADateIsOne) {
  for (const std::string whole :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    for (std::size_t length = 0; length != whole.size(); ++length)
      EXPECT_FALSE(parse_http_date(std::string_view(whole).substr(0, length), moment)) << length;
    for (std::size_t i = 0; i != whole.size(); ++i) {
      std::string damaged = whole;
      damaged[i] = '\xff';
      EXPECT_FALSE(parse_http_date(damaged, moment)) << i;
    }
  }
}

} // namespace
} // namespace http_file_server
