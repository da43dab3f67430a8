// Goal: options that make no sense are refused with a sentence that names the option, and the last ones that make sense
// are not. Method: each option on both sides of its bounds.
#include "bridge_core_fixture.hpp"

#include <stdexcept>
#include <string>

namespace shardbridge::detail {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Of the exception; empty: there was none.
std::string sentence_about(const bridge_options& options) {
  try {
    std::make_shared<counting_core>(std::make_shared<group_core>(shard_group_options{}), options);
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return {};
}

void expect_named(const std::string& name, const std::vector<bridge_options>& refused) {
  for (std::size_t each = 0; each < refused.size(); ++each)
    EXPECT_EQ(sentence_about(refused[each]).rfind("bridge_options::" + name + " ", 0), 0U)
        << "number " << each << ": " << sentence_about(refused[each]);
}
void expect_accepted(const std::vector<bridge_options>& accepted) {
  for (std::size_t each = 0; each < accepted.size(); ++each)
    EXPECT_EQ(sentence_about(accepted[each]), "") << "number " << each;
}

TEST(bridge_options, limits) {
  expect_named("max_ops", {{.max_ops = 0}, {.max_ops = admission_word::ops_limit + 1}});
  expect_named("max_bytes", {{.max_bytes = 0}, {.max_bytes = admission_word::bytes_limit + 1}});
  expect_accepted({{.max_ops = 1}, {.max_bytes = 1}, {.max_bytes = admission_word::bytes_limit}, {.max_waiters = 0}});
}

TEST(bridge_options, times) {
  expect_named("timeout", {{.timeout = nanoseconds(0)}, {.timeout = nanoseconds(-1)}});
  expect_named("spin", {{.spin = nanoseconds(-1)}, {.spin = seconds(1) + nanoseconds(1)}});
  expect_accepted(
      {{.timeout = nanoseconds(1)}, {.timeout = no_timeout}, {.spin = nanoseconds(0)}, {.spin = seconds(1)}});
}

TEST(bridge_options, reserved_ops_leave_one_for_the_patient) {
  expect_named("reserved_ops", {{.max_ops = 1, .reserved_ops = 1},
                                {.max_ops = 8, .reserved_ops = 8},
                                {.max_ops = 8, .reserved_ops = 9},
                                {.max_ops = 8, .reserved_ops = SIZE_MAX}});
  expect_accepted({{.max_ops = 1, .reserved_ops = 0}, {.max_ops = 8, .reserved_ops = 7}});
}

TEST(bridge_options, when_full_is_one_of_two) {
  expect_named("when_full", {{.when_full = static_cast<when_full>(2)}, {.when_full = static_cast<when_full>(-1)}});
}

TEST(bridge_options, placement_is_one_of_four) {
  expect_named("placement", {{.placement = static_cast<placement>(4)}, {.placement = static_cast<placement>(-1)}});
  expect_accepted({{.placement = placement::in_turn},
                   {.placement = placement::least_loaded},
                   {.placement = placement::nearest},
                   {.placement = placement::by_file}});
}

TEST(bridge_options, each_mark_leaves_no_later_than_it_enters) {
  expect_named("watermarks.throttled", {{.watermarks = {.throttled = {50, 51}}},
                                        {.watermarks = {.throttled = {0, 0}}},
                                        {.watermarks = {.throttled = {50, 0}}},
                                        {.watermarks = {.throttled = {101, 50}}}});
  expect_named("watermarks.suspended", {{.watermarks = {.suspended = {90, 91}}},
                                        {.watermarks = {.suspended = {90, 0}}},
                                        {.watermarks = {.suspended = {101, 90}}}});
}

TEST(bridge_options, suspended_is_not_below_throttled) {
  expect_named("watermarks.suspended", {{.watermarks = {.throttled = {85, 75}, .suspended = {84, 75}}},
                                        {.watermarks = {.throttled = {85, 75}, .suspended = {95, 74}}}});
  expect_accepted({{.watermarks = {.throttled = {85, 75}, .suspended = {85, 75}}},
                   {.watermarks = {.throttled = {1, 1}, .suspended = {100, 100}}},
                   {.watermarks = {.throttled = {100, 100}, .suspended = {100, 100}}},
                   {.watermarks = {.throttled = {1, 1}, .suspended = {1, 1}}}});
}

} // namespace
} // namespace shardbridge::detail
