// Goal: of timeout, deadline and default comes one absolute time, the earlier, without overflow.
// Method: a table of options at a given now.
#include <shardbridge/detail/deadline.hpp>

#include <ostream>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using std::chrono::nanoseconds;
using time_point = std::chrono::steady_clock::time_point;

constexpr std::int64_t now = 1'000'000;

struct row {
  const char* what;
  std::optional<nanoseconds> timeout;
  std::optional<std::int64_t> deadline;
  nanoseconds fallback;
  std::int64_t expected;
};

std::ostream& operator<<(std::ostream& out, const row& each) {
  return out << each.what;
}

constexpr nanoseconds ns(std::int64_t count) {
  return nanoseconds(count);
}

const std::vector<row> rows{
    {"nothing", {}, {}, no_timeout, never},
    {"the default alone", {}, {}, ns(5), now + 5},
    {"a timeout instead of the default", ns(7), {}, ns(5), now + 7},
    {"no timeout instead of the default", no_timeout, {}, ns(5), never},
    {"a deadline instead of the default", {}, now + 100, ns(5), now + 100},
    {"a deadline before the timeout", ns(50), now + 10, ns(5), now + 10},
    {"a timeout before the deadline", ns(10), now + 50, ns(5), now + 10},
    {"no timeout, and a deadline", no_timeout, now + 50, ns(5), now + 50},
    {"a timeout of zero", ns(0), {}, ns(5), now},
    {"a negative timeout", ns(-3), {}, ns(5), now},
    {"the most negative timeout", nanoseconds::min(), {}, ns(5), now},
    {"the longest timeout that fits", ns(never - now - 1), {}, ns(5), never - 1},
    {"a timeout that does not fit", ns(never - now), {}, ns(5), never},
    {"the longest timeout", ns(INT64_MAX - 1), {}, ns(5), never},
    {"a default that does not fit", {}, {}, ns(INT64_MAX - 1), never},
    {"a deadline in the past", {}, now - 10, ns(5), now - 10},
    {"a deadline before the clock began", {}, -10, ns(5), -10},
    {"the first of all deadlines", ns(10), INT64_MIN, ns(5), before_all + 1},
    {"the last of all deadlines", {}, INT64_MAX, ns(5), never},
};

class deadline_of_options : public testing::TestWithParam<row> {};

TEST_P(deadline_of_options, is_the_earlier) {
  op_options options;
  options.timeout = GetParam().timeout;
  if (const auto deadline = GetParam().deadline) options.deadline = time_point(ns(*deadline));
  EXPECT_EQ(deadline_of(options, GetParam().fallback, [] { return time_point(ns(now)); }), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(every, deadline_of_options, testing::ValuesIn(rows));

TEST(deadline_of, counts_from_the_present) {
  const auto before = std::chrono::steady_clock::now().time_since_epoch().count();
  const op_options options;
  const std::int64_t at = deadline_of(options, ns(1000));
  const auto after = std::chrono::steady_clock::now().time_since_epoch().count();
  EXPECT_GE(at, before + 1000);
  EXPECT_LE(at, after + 1000);
}

} // namespace
} // namespace shardbridge::detail
