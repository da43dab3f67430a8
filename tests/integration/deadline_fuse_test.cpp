// Goal: what the kernel cannot take back is answered at its deadline if it holds none of the caller's memory, and when
// the kernel lets go if it does. Method: a FUSE file system that hangs, in both ways of watching a deadline.
#include "support/fuse.hpp"
#include "support/timeout_modes.hpp"

#include <filesystem>
#include <iterator>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

class one_deadline_for_what_hangs : public with_fuse<testing::TestWithParam<timeout_mode>> {
 protected:
  void start(std::size_t size = 100) {
    path = fuse->make_file("file", size);
    all.emplace(shard_group_options{.timeout_mode = GetParam()});
    file.emplace(all->link);
  }
  void open() { file->open(path, open_flags::read_write); }
  /// Starts it with a short timeout; it must be answered while it still hangs.
  template <class Initiate>
  void expect_answered_while_it_hangs(fuse_op what, Initiate initiate) {
    fuse->set(what, {.hang = true});
    const std::uint32_t before = fuse->started(what);
    outcome late;
    initiate(op_options{.timeout = 200ms}, late.handler());
    EXPECT_TRUE(fuse->wait_started(what, before + 1));
    EXPECT_TRUE(all->finish());
    EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
    EXPECT_EQ(fuse->finished(what), before);
    EXPECT_EQ(all->group.stats()[0].detached, 1U);
    EXPECT_EQ(all->in_flight(), 1U);
    fuse->clear();
    fuse->release();
    EXPECT_TRUE(all->wait_in_flight(0));
  }

  /// For what has another result than a number.
  template <class Handler>
  static auto ignoring(Handler h) {
    return [h](const error_code& failed, auto&&...) mutable { h(failed); };
  }

  std::string path;
  std::string buffer = std::string(5000, 'x');
  std::optional<service> all;
  std::optional<random_access_file> file;
};

TEST_P(one_deadline_for_what_hangs, a_sync_is_answered) {
  start();
  open();
  expect_answered_while_it_hangs(fuse_op::fsync, [&](auto options, auto h) { file->async_sync_all(options, h); });
}

TEST_P(one_deadline_for_what_hangs, a_data_sync_is_answered) {
  start();
  open();
  expect_answered_while_it_hangs(fuse_op::fsync, [&](auto options, auto h) { file->async_sync_data(options, h); });
}

TEST_P(one_deadline_for_what_hangs, a_question_for_the_size_is_answered) {
  start();
  open();
  expect_answered_while_it_hangs(fuse_op::getattr, [&](auto options, auto h) { file->async_size(options, h); });
}

TEST_P(one_deadline_for_what_hangs, a_rename_is_answered_and_takes_effect_later) {
  start();
  expect_answered_while_it_hangs(
      fuse_op::rename, [&](auto options, auto h) { async_rename(all->link, path, fuse->path("new"), options, h); });
  EXPECT_TRUE(std::filesystem::exists(fuse->path("new")));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_P(one_deadline_for_what_hangs, a_look_at_a_path_is_answered) {
  start();
  expect_answered_while_it_hangs(fuse_op::getattr,
                                 [&](auto options, auto h) { async_stat(all->link, path, options, ignoring(h)); });
}

TEST_P(one_deadline_for_what_hangs, an_open_is_answered_and_what_it_brings_later_is_closed) {
  start();
  const auto descriptors = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  const auto before = descriptors();
  expect_answered_while_it_hangs(
      fuse_op::open, [&](auto options, auto h) { file->async_open(path, open_flags::read_only, options, h); });
  EXPECT_FALSE(file->is_open());
  EXPECT_EQ(descriptors(), before);
  open();
  EXPECT_TRUE(file->is_open());
}

// A full result that arrives after the deadline is still a result; the memory was the caller's, so there was nothing to
// gain by an earlier answer.
TEST_P(one_deadline_for_what_hangs, a_read_is_answered_when_the_kernel_lets_go) {
  start();
  open();
  fuse->set(fuse_op::read, {.delay = 300ms});
  const auto begun = clock::now();
  const outcome read =
      all->complete([&](auto h) { file->async_read_some_at(0, asio::buffer(buffer, 100), {.timeout = 50ms}, h); });
  EXPECT_GE(clock::now() - begun, 300ms);
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_EQ(read.value, 100U);
  EXPECT_TRUE(buffer.substr(0, 100) == fixtures::make_pattern(100));
}

// The deadline passes between the parts of a read that is continued.
TEST_P(one_deadline_for_what_hangs, a_part_that_was_read_in_time_is_reported) {
  start(5000);
  open();
  fuse->set(fuse_op::read, {.delay = 150ms, .at_most = 1000});
  const outcome read =
      all->complete([&](auto h) { file->async_read_some_at(0, asio::buffer(buffer), {.timeout = 220ms}, h); });
  EXPECT_TRUE(read.failed_with(errc::expired_in_flight)) << read;
  EXPECT_GE(read.value, 1000U);
  EXPECT_LE(read.value, 2000U);
  EXPECT_EQ(read.value % 1000, 0U);
  EXPECT_TRUE(buffer.substr(0, read.value) == fixtures::make_pattern(read.value));
}

// Time spent waiting for the permit is not given back in the kernel: 300 ms of 500 are gone when the read starts.
TEST_P(one_deadline_for_what_hangs, it_covers_the_wait_and_the_kernel_together) {
  start();
  open();
  service narrow({.timeout_mode = GetParam()}, {.max_ops = 1});
  random_access_file first(narrow.link, path, open_flags::read_only);
  random_access_file second(narrow.link, path, open_flags::read_only);
  fuse->set(fuse_op::read, {.delay = 300ms});
  fuse->set(fuse_op::fsync, {.hang = true});
  outcome read;
  outcome late;
  const auto begun = clock::now();
  first.async_read_some_at(0, asio::buffer(buffer, 100), read.handler());
  second.async_sync_all({.timeout = 500ms}, late.handler());
  EXPECT_EQ(narrow.link.stats().waiting, 1U);
  EXPECT_TRUE(narrow.finish());
  const auto took = clock::now() - begun;
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
  EXPECT_GE(took, 500ms);
  EXPECT_LT(took, 800ms);
  fuse->clear();
  fuse->release();
}

INSTANTIATE_TEST_SUITE_P(timeouts, one_deadline_for_what_hangs, both_timeout_modes, name_of_mode);

} // namespace
} // namespace shardbridge::tests
