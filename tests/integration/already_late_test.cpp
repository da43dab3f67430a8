// Goal: an operation whose deadline has passed before the shard could start it makes no SQE. Method: deadlines in the
// past, given while the shard is idle, busy, or held up; submissions counted.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <algorithm>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

class one_deadline_already_over : public testing::Test {
 protected:
  void read(const op_options& options, outcome& into) {
    file.async_read_some_at(0, asio::buffer(buffer), options, into.handler());
  }

  const fixtures::temporary_folder folder;
  std::string buffer = std::string(512, '\0');
  service all;
  random_access_file file{all.link, folder.make_file("file", 512), open_flags::read_only};
};

TEST_F(one_deadline_already_over, says_so_without_the_kernel) {
  for (const op_options& options :
       {op_options{.timeout = 0ns}, op_options{.timeout = -1s}, op_options{.deadline = clock::now()},
        op_options{.deadline = clock::time_point::min()}, op_options{.timeout = 1h, .deadline = clock::now() - 1s}}) {
    outcome late;
    read(options, late);
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(late.failed_with(errc::expired_queued)) << late;
    EXPECT_EQ(late.value, 0U);
  }
  EXPECT_EQ(all.submissions(), 0U);
}

// The shard looks at its clock between the operations too, not only once a turn.
TEST_F(one_deadline_already_over, while_the_shard_was_held_up) {
  std::vector<outcome> late(10);
  async_call(
      all.link, 0, [](shard&) { std::this_thread::sleep_for(50ms); }, asio::detached);
  for (outcome& each : late)
    read({.timeout = 10ms}, each);
  ASSERT_TRUE(all.finish());
  for (const outcome& each : late)
    EXPECT_TRUE(each.failed_with(errc::expired_queued)) << each;
  EXPECT_EQ(all.submissions(), 0U);
}

TEST_F(one_deadline_already_over, while_the_shard_is_busy) {
  std::vector<outcome> late(500);
  std::vector<outcome> others(late.size());
  for (int round = 0; round < 10; ++round) {
    std::ranges::fill(late, outcome());
    std::ranges::fill(others, outcome());
    const std::uint64_t before = all.submissions();
    for (std::size_t each = 0; each < late.size(); ++each) {
      read({}, others[each]);
      read({.timeout = 0ns}, late[each]);
    }
    ASSERT_TRUE(all.finish());
    for (const outcome& each : late)
      ASSERT_TRUE(each.failed_with(errc::expired_queued)) << each;
    for (const outcome& each : others)
      ASSERT_TRUE(each.succeeded()) << each;
    EXPECT_EQ(all.submissions() - before, others.size());
  }
}

TEST_F(one_deadline_already_over, while_there_is_no_permit) {
  service full({}, {.max_ops = 1});
  random_access_file other(full.link, folder.path() / "file", open_flags::read_only);
  outcome first;
  outcome late;
  async_call(
      full.link, 0, [](shard&) { std::this_thread::sleep_for(30ms); },
      [&](const std::exception_ptr&) { ++first.calls; });
  other.async_read_some_at(0, asio::buffer(buffer), {.timeout = 0ns}, late.handler());
  ASSERT_TRUE(full.finish());
  EXPECT_EQ(first.calls, 1);
  EXPECT_TRUE(late.failed_with(errc::expired_waiting)) << late;
}

} // namespace
} // namespace shardbridge::tests
