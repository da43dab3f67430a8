// Goal: closing a file ends what is outstanding on it, and gives the descriptor's number back only when the kernel uses
// it no more. Method: files closed with operations at every stage; descriptors looked at from outside.
#include "support/fuse.hpp"
#include "support/stuck_reads.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

bool open_descriptor(int number) {
  return ::fcntl(number, F_GETFD) >= 0;
}

/// Reads in the kernel, in the queue of the shard, and waiting for a permit.
struct busy_file {
  service all{{.ring_entries = 3}, {.max_ops = 4}}; // a third entry is not for reads that may wait for ever
  stuck_reads stuck{all.link};
  int number = stuck.file.native_handle();

  busy_file() {
    for (int each = 0; each < 6; ++each)
      stuck.start();
    EXPECT_TRUE(all.wait_in_flight(2));
  }
  void expect_all_aborted() {
    EXPECT_TRUE(all.finish());
    for (const outcome& each : stuck.outcomes)
      EXPECT_TRUE(each.failed_with(asio::error::operation_aborted)) << each;
    EXPECT_FALSE(open_descriptor(number));
    expect_balanced(all.link.stats());
  }
};

TEST(cancellation_by_closing, aborts_everything) {
  busy_file busy;
  busy.stuck.file.close();
  EXPECT_FALSE(busy.stuck.file.is_open());
  busy.expect_all_aborted();
}

TEST(cancellation_by_closing, on_the_shard_aborts_everything_first) {
  busy_file busy;
  outcome closed;
  bool all_before = false;
  busy.stuck.file.async_close([&](const error_code& failed) {
    closed.handler()(failed);
    all_before = true;
    for (const outcome& each : busy.stuck.outcomes)
      all_before = all_before && each.calls == 1;
    EXPECT_FALSE(open_descriptor(busy.number));
  });
  EXPECT_FALSE(busy.stuck.file.is_open());
  busy.expect_all_aborted();
  EXPECT_TRUE(closed.succeeded()) << closed;
  EXPECT_TRUE(all_before);
}

TEST(cancellation_by_closing, by_destroying_the_object) {
  busy_file busy;
  { const random_access_file dies = std::move(busy.stuck.file); }
  busy.expect_all_aborted();
}

TEST(cancellation_by_closing, by_assigning_another_file) {
  busy_file busy;
  busy.stuck.file = random_access_file(busy.all.link);
  busy.expect_all_aborted();
}

TEST(cancellation_by_closing, a_close_on_the_shard_is_just_a_close_when_nothing_is_outstanding) {
  const fixtures::temporary_folder folder;
  service all;
  random_access_file file(all.link, folder.make_file("file", 10), open_flags::read_only);
  const int number = file.native_handle();
  EXPECT_TRUE(all.complete([&](auto h) { file.async_close(h); }).succeeded());
  EXPECT_FALSE(open_descriptor(number));
  EXPECT_EQ(all.submissions(), 1U);
  EXPECT_TRUE(all.complete([&](auto h) { file.async_close(h); }).failed_with(asio::error::bad_descriptor));
}

class cancellation_by_closing_what_hangs : public with_fuse<> {
 protected:
  void hang_a_read() {
    const std::string path = fuse->make_file("file", 100);
    all.emplace();
    file.emplace(all->link, path, open_flags::read_write);
    number = file->native_handle();
    fuse->set(fuse_op::read, {.hang = true});
    file->async_read_some_at(0, asio::buffer(buffer), read.handler());
    ASSERT_TRUE(fuse->wait_started(fuse_op::read, 1));
  }
  void let_go() {
    fuse->clear();
    fuse->release();
  }

  std::string buffer = std::string(100, '\0');
  outcome read;
  int number = -1;
  std::optional<service> all;
  std::optional<random_access_file> file;
};

TEST_F(cancellation_by_closing_what_hangs, keeps_the_descriptor_until_the_kernel_lets_go) {
  hang_a_read();
  file->close();
  EXPECT_TRUE(open_descriptor(number)) << "another file could get the number while the kernel reads";
  EXPECT_FALSE(file->is_open());
  let_go();
  EXPECT_TRUE(all->finish());
  EXPECT_TRUE(read.succeeded()) << read;
  // The order to cancel has the file too, and the read may have ended before the shard has seen it.
  EXPECT_TRUE(all->run_until([this] { return !open_descriptor(number); }));
}

TEST_F(cancellation_by_closing_what_hangs, on_the_shard_waits) {
  hang_a_read();
  outcome closed;
  file->async_close(closed.handler());
  all->context.run_for(50ms);
  EXPECT_EQ(closed.calls, 0);
  EXPECT_TRUE(open_descriptor(number));
  let_go();
  EXPECT_TRUE(all->finish());
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_TRUE(closed.succeeded()) << closed;
  EXPECT_FALSE(open_descriptor(number));
}

TEST_F(cancellation_by_closing_what_hangs, on_the_shard_is_answered_at_its_deadline_and_done_later) {
  hang_a_read();
  outcome closed;
  file->async_close({.timeout = 50ms}, closed.handler());
  ASSERT_TRUE(all->run_until([&] { return closed.calls > 0; }));
  EXPECT_TRUE(closed.failed_with(errc::expired_queued)) << closed;
  EXPECT_TRUE(open_descriptor(number));
  let_go();
  EXPECT_TRUE(all->finish());
  EXPECT_EQ(read.calls, 1);
  EXPECT_FALSE(open_descriptor(number));
}

TEST_F(cancellation_by_closing_what_hangs, of_the_file_being_opened) {
  const std::string path = fuse->make_file("file", 100);
  service one;
  random_access_file opening(one.link);
  fuse->set(fuse_op::open, {.hang = true});
  outcome opened;
  outcome closed;
  const std::uint32_t before = fuse->started(fuse_op::open);
  opening.async_open(path, open_flags::read_only, opened.handler());
  ASSERT_TRUE(fuse->wait_started(fuse_op::open, before + 1));
  opening.async_close(closed.handler());
  let_go();
  EXPECT_TRUE(one.finish());
  EXPECT_EQ(opened.calls, 1);
  EXPECT_EQ(closed.calls, 1);
  EXPECT_FALSE(opening.is_open());
}

} // namespace
} // namespace shardbridge::tests
