// Goal: an error of fsync is told to every sync that it may concern, and is not forgotten at the next call, as the
// kernel forgets it. Method: a FUSE file system whose fsync fails once.
#include "support/fuse.hpp"

#include <thread>

namespace shardbridge::tests {
namespace {

class sync_errors : public with_fuse<> {
 protected:
  void SetUp() override {
    with_fuse::SetUp();
    if (IsSkipped()) return;
    path = fuse->make_file("file", 100);
    all.emplace(shard_group_options{.shards = 2});
    file.emplace(all->link, path, open_flags::read_write);
  }
  outcome sync(const op_options& options = {}) {
    return all->complete([&](auto h) { file->async_sync_data(options, h); });
  }
  static error_code io_error() { return {EIO, boost::system::system_category()}; }

  std::string path;
  std::optional<service> all;
  std::optional<random_access_file> file;
};

TEST_F(sync_errors, are_reported_by_every_later_sync_until_the_file_is_opened_again) {
  fuse->set(fuse_op::fsync, {.error = EIO});
  EXPECT_TRUE(sync().failed_with(io_error()));
  fuse->clear();
  EXPECT_TRUE(sync().failed_with(io_error()));
  EXPECT_TRUE(sync({.shard = 1}).failed_with(io_error()));
  error_code failed;
  file->sync_all(failed);
  EXPECT_EQ(failed, io_error());
  file->sync_data(failed);
  EXPECT_EQ(failed, io_error());
  EXPECT_EQ(fuse->finished(fuse_op::fsync), 5U) << "each asked the file system all the same";

  random_access_file other(all->link, path, open_flags::read_write);
  EXPECT_TRUE(all->complete([&](auto h) { other.async_sync_all(h); }).succeeded());
  file->close();
  file->open(path, open_flags::read_write);
  EXPECT_TRUE(sync().succeeded());
}

TEST_F(sync_errors, of_the_calling_thread_are_kept_too) {
  fuse->set(fuse_op::fsync, {.error = ENOSPC});
  error_code failed;
  file->sync_all(failed);
  EXPECT_EQ(failed, error_code(ENOSPC, boost::system::system_category()));
  fuse->clear();
  EXPECT_TRUE(sync().failed_with(failed));
}

TEST_F(sync_errors, that_come_after_the_deadline_are_reported_by_the_next_sync) {
  fuse->set(fuse_op::fsync, {.error = EIO, .hang = true});
  EXPECT_TRUE(sync({.timeout = 300ms}).failed_with(errc::expired_in_flight));
  fuse->clear();
  fuse->release();
  ASSERT_TRUE(all->wait_in_flight(0));
  EXPECT_TRUE(sync().failed_with(io_error()));
}

TEST_F(sync_errors, reach_those_that_run_at_the_same_time) {
  fuse->set(fuse_op::fsync, {.error = EIO, .hang = true});
  outcome first;
  outcome second;
  file->async_sync_all({.shard = 0}, first.handler());
  ASSERT_TRUE(fuse->wait_started(fuse_op::fsync, 1));
  fuse->clear();
  file->async_sync_all({.shard = 1}, second.handler());
  error_code own;
  std::thread third([&] { file->sync_all(own); });
  ASSERT_TRUE(all->wait_in_flight(2));
  fuse->release();
  EXPECT_TRUE(all->finish());
  third.join();
  EXPECT_TRUE(first.failed_with(io_error())) << first;
  EXPECT_TRUE(second.failed_with(io_error())) << second;
  EXPECT_EQ(own, io_error());
}

// What says that syncs do not work here says nothing about data.
TEST_F(sync_errors, that_refuse_the_sync_itself_are_not_kept) {
  fuse->set(fuse_op::fsync, {.error = EINVAL});
  EXPECT_TRUE(sync().failed_with(error_code(EINVAL, boost::system::system_category())));
  fuse->clear();
  EXPECT_TRUE(sync().succeeded());
}

// Who answers that he was interrupted is asked again, but not for ever.
TEST_F(sync_errors, that_are_interruptions_are_tried_again_a_few_times) {
  for (const fuse_op each : {fuse_op::fsync, fuse_op::read, fuse_op::write})
    fuse->set(each, {.error = EINTR});
  const error_code interrupted(EINTR, boost::system::system_category());
  std::string buffer(100, 'x');
  EXPECT_TRUE(sync().failed_with(interrupted));
  EXPECT_EQ(fuse->finished(fuse_op::fsync), 9U) << "eight times more";
  error_code here;
  file->sync_data(here);
  EXPECT_EQ(here, interrupted);
  EXPECT_EQ(fuse->finished(fuse_op::fsync), 18U);
  EXPECT_EQ(file->read_some_at(0, asio::buffer(buffer), here), 0U);
  EXPECT_EQ(here, interrupted);
  EXPECT_EQ(file->write_some_at(0, asio::buffer(buffer), here), 0U);
  EXPECT_EQ(here, interrupted);
  fuse->clear();
  file->sync_data(here);
  EXPECT_FALSE(here) << "no data was lost";
}

} // namespace
} // namespace shardbridge::tests
