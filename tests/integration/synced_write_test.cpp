// Goal: a write and the sync behind it are one operation on the shard's ring, and each tells what it came to, on
// bridges and on shards. Method: real files, a limit to their size, a FUSE file system whose syncs fail or are held.
#include "support/fifo.hpp"
#include "support/fuse.hpp"
#include "support/on_shard.hpp"

#include <size_limit.hpp>
#include <temporary_folder.hpp>

#include <filesystem>
#include <fstream>

#include <fcntl.h>

namespace shardbridge::tests {
namespace {

/// What a handler was told of both.
struct told {
  int calls = 0;
  error_code first;
  synced_write each;

  [[nodiscard]] auto handler() noexcept {
    return [this](error_code error, synced_write result) {
      ++calls;
      first = error;
      each = result;
    };
  }
  [[nodiscard]] bool is(error_code write, std::uint64_t bytes, error_code sync) const {
    return calls == 1 && first == (write ? write : sync) && each.write == write && each.bytes == bytes &&
           each.sync == sync && static_cast<bool>(each) == !first;
  }
  friend std::ostream& operator<<(std::ostream& out, const told& shown) {
    return out << shown.calls << " calls, first " << shown.first.message() << ", write " << shown.each.write.message()
               << ", " << shown.each.bytes << " bytes, sync " << shown.each.sync.message();
  }
};

const error_code not_begun = asio::error::operation_aborted;

class synced_writes : public on_shard {
 protected:
  told write(random_access_file& to, std::string_view text, const op_options& options = {}, std::uint64_t at = 0) {
    told out;
    to.async_write_and_sync_data_at(at, asio::buffer(text), options, out.handler());
    EXPECT_TRUE(all.finish());
    return out;
  }
  [[nodiscard]] std::string contents() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 0);
  random_access_file file{all.link, path, open_flags::read_write};
};

TEST_F(synced_writes, are_one_submission) {
  const std::uint64_t before = all.submissions();
  const told ended = write(file, "hello", {}, 3);
  EXPECT_TRUE(ended.is({}, 5, {})) << ended;
  EXPECT_EQ(contents(), std::string("\0\0\0hello", 8));
  EXPECT_EQ(all.submissions() - before, 1U);
  expect_balanced(all.link.stats());
}

TEST_F(synced_writes, of_either_kind_of_sync) {
  told ended;
  file.async_write_and_sync_all_at(0, asio::buffer("hello", 5), ended.handler());
  EXPECT_TRUE(all.finish());
  EXPECT_TRUE(ended.is({}, 5, {})) << ended;
}

TEST_F(synced_writes, of_nothing_sync) {
  const std::uint64_t before = all.submissions();
  const told ended = write(file, "");
  EXPECT_TRUE(ended.is({}, 0, {})) << ended;
  EXPECT_EQ(all.submissions() - before, 1U) << "the sync is not left out";
}

TEST_F(synced_writes, that_cannot_be_written_are_not_synced) {
  random_access_file unwritable(all.link, path, open_flags::read_only);
  told ended = write(unwritable, "hello");
  EXPECT_TRUE(ended.is(system_error_of(EBADF), 0, not_begun)) << ended;
  random_access_file closed(all.link);
  ended = write(closed, "hello");
  EXPECT_TRUE(ended.is(system_error_of(EBADF), 0, not_begun)) << ended;
  random_access_file direct(all.link, path, open_flags::read_write | open_flags::direct);
  ended = write(direct, "hello");
  EXPECT_TRUE(ended.is(errc::misaligned, 0, not_begun)) << ended;
}

TEST_F(synced_writes, that_are_written_in_part_are_not_synced) {
  const fixtures::size_limit limit(3);
  const told ended = write(file, "hello");
  EXPECT_TRUE(ended.is(system_error_of(EFBIG), 3, not_begun)) << ended;
}

TEST_F(synced_writes, tell_that_what_was_written_cannot_be_synced) {
  fifo pipe;
  random_access_file piped(all.link, pipe.path(), open_flags::read_write);
  const told ended = write(piped, "hello");
  EXPECT_TRUE(ended.is({}, 5, system_error_of(EINVAL))) << ended;
}

TEST_F(synced_writes, by_way_of_a_bounce_buffer) {
  buffer_pool pool({.bytes = 1 << 20});
  random_access_file direct(all.link);
  direct.bounce_through(pool);
  direct.open(path, open_flags::read_write | open_flags::direct);
  const std::string text(8193, 'x');
  const told ended = write(direct, std::string_view(text).substr(1)); // an address that is not aligned
  EXPECT_TRUE(ended.is({}, 8192, {})) << ended;
  EXPECT_EQ(contents(), text.substr(1));
  EXPECT_EQ(pool.stats().buffers_in_use, 0U);
}

TEST_F(synced_writes, that_are_late_before_they_begin_do_nothing) {
  const told ended = write(file, "hello", {.timeout = -1ns});
  EXPECT_TRUE(ended.is(errc::expired_queued, 0, not_begun)) << ended;
  EXPECT_EQ(contents(), "");
}

TEST_F(synced_writes, of_tasks) {
  run([&](shard& on) -> task<> {
    const shard_file opened = co_await on.open(path, open_flags::read_write);
    const std::string text = "hello";
    synced_write ended = co_await on.write_and_sync_data(opened, 0, asio::buffer(text));
    EXPECT_TRUE(ended);
    EXPECT_EQ(ended.bytes, 5U);
    ended = co_await on.write_and_sync(opened, 5, asio::buffer(text));
    EXPECT_TRUE(ended);
    const shard_file closed;
    ended = co_await on.write_and_sync(closed, 0, asio::buffer(text));
    EXPECT_EQ(ended.write, system_error_of(EBADF)) << "it does not throw";
    EXPECT_EQ(ended.sync, not_begun);
    EXPECT_FALSE(ended);
  });
  EXPECT_EQ(contents(), "hellohello");
}

/// The same on a file system that fails; it is mounted before any thread is started.
class synced_writes_on_fuse : public with_fuse<> {
 protected:
  void SetUp() override {
    with_fuse::SetUp();
    if (IsSkipped()) return;
    path = fuse->make_file("file", 0);
    all.emplace();
    file.emplace(all->link, path, open_flags::read_write);
  }
  void start(const op_options& options = {}) {
    file->async_write_and_sync_data_at(0, asio::buffer("hello", 5), options, ended.handler());
  }
  outcome sync() {
    return all->complete([&](auto h) { file->async_sync_data(h); });
  }

  std::string path;
  told ended;
  std::optional<service> all;
  std::optional<random_access_file> file;
};

TEST_F(synced_writes_on_fuse, tell_what_failed) {
  fuse->set(fuse_op::write, {.error = EIO});
  start();
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(ended.is(system_error_of(EIO), 0, not_begun)) << ended;
  EXPECT_EQ(fuse->started(fuse_op::fsync), 0U);
  fuse->clear();
  EXPECT_TRUE(sync().succeeded()) << "no sync has failed";

  ended = {};
  fuse->set(fuse_op::fsync, {.error = EIO});
  start();
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(ended.is({}, 5, system_error_of(EIO))) << ended;
  fuse->clear();
  EXPECT_TRUE(sync().failed_with(system_error_of(EIO))) << "what was lost is not forgotten";
}

TEST_F(synced_writes_on_fuse, leave_a_sync_at_the_deadline) {
  fuse->set(fuse_op::fsync, {.hang = true});
  start({.timeout = 300ms});
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(ended.is({}, 5, errc::expired_in_flight)) << ended;
  EXPECT_EQ(fuse->finished(fuse_op::fsync), 0U);
  fuse->clear();
  fuse->release();
  EXPECT_TRUE(sync().succeeded());
  expect_balanced(all->link.stats());
}

TEST_F(synced_writes_on_fuse, wait_for_a_write_that_has_begun) {
  fuse->set(fuse_op::write, {.hang = true});
  fuse->set(fuse_op::fsync, {.hang = true});
  start({.timeout = 300ms});
  ASSERT_TRUE(fuse->wait_started(fuse_op::write, 1));
  all->context.run_for(600ms);
  EXPECT_EQ(ended.calls, 0) << "the kernel reads the caller's memory";
  fuse->release();
  ASSERT_TRUE(all->finish());
  EXPECT_EQ(ended.first, errc::expired_in_flight) << ended;
  fuse->clear();
  fuse->release();
}

TEST_F(synced_writes_on_fuse, are_cancelled_like_any_other) {
  fuse->set(fuse_op::fsync, {.hang = true});
  start();
  ASSERT_TRUE(fuse->wait_started(fuse_op::fsync, 1));
  file->cancel();
  all->context.run_for(200ms);
  EXPECT_EQ(ended.calls, 0) << "a sync that runs is waited for";
  fuse->release();
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(ended.is({}, 5, {})) << ended;
}

} // namespace
} // namespace shardbridge::tests
