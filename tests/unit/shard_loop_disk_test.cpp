// Goal: what verbs on files ask of the kernel, and that a file that nobody is left to take is closed. Method: the test
// is the kernel of a task; a descriptor that is a real one.
#include "shard_loop_tasks_fixture.hpp"

#include <boost/asio/buffer.hpp>

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

/// A loop that ends before the test does.
class short_lived final : public shard_loop_tasks {
 public:
  void TestBody() override {}
};

/// So that the task has the file.
void complete_open(shard_loop_tasks& on, int fd) {
  on.kernel.under_way.at(0).what.arguments->status.stx_mode = S_IFREG;
  on.complete(fd);
  on.kernel.under_way.at(0).what.arguments->status.stx_mode = S_IFREG;
}

TEST(shard_loop_disk_left, closes_a_file_whose_task_is_destroyed_before_it_goes_on) {
  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  {
    short_lived all;
    all.spawn([](shard& on) -> task<> {
      const shard_file file = co_await on.open("/dev/null", open_flags::read_only);
      ADD_FAILURE() << "it goes on";
    });
    complete_open(all, fd);
    all.kernel.complete(0, 0);
    ASSERT_TRUE(all.loop.turn()) << "which finds the completion after its tasks had their turn";
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

class shard_loop_disk : public shard_loop_tasks {
 public:
  const int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
};

TEST_F(shard_loop_disk, continues_short_reads_and_stops_at_the_end_of_the_file) {
  spawn([&](shard& on) -> task<> {
    const shard_file file = co_await on.open("/dev/null", open_flags::read_only);
    std::string bytes(100, 'x');
    const std::size_t count = co_await on.read(file, 7, boost::asio::buffer(bytes));
    EXPECT_EQ(count, 40U);
    seen.push_back("read");
  });
  EXPECT_EQ(kernel.under_way.at(0).what.code, op_code::open);
  complete_open(*this, fd);
  complete(0);
  ASSERT_EQ(kernel.under_way.size(), 1U);
  EXPECT_EQ(kernel.under_way[0].what.code, op_code::read);
  EXPECT_EQ(kernel.under_way[0].what.fd, fd);
  EXPECT_EQ(kernel.under_way[0].what.offset, 7U);
  complete(40);
  ASSERT_EQ(kernel.under_way.size(), 1U);
  EXPECT_EQ(kernel.under_way[0].what.offset, 47U);
  EXPECT_EQ(kernel.under_way[0].what.iovecs->iov_len, 60U);
  complete(0);
  EXPECT_EQ(seen, steps{"read"});
  EXPECT_FALSE(is_open(fd)) << "the task has dropped it";
  stop();
}

TEST_F(shard_loop_disk, makes_no_submission_of_what_is_late) {
  spawn([&](shard& on) -> task<> {
    EXPECT_EQ(co_await error_of(on.unlink("/nowhere", {.timeout = std::chrono::nanoseconds(0)})), errc::expired_queued);
    EXPECT_EQ(co_await error_of(on.stat("/nowhere", {.timeout = -std::chrono::hours(1)})), errc::expired_queued);
    seen.push_back("late");
  });
  EXPECT_EQ(seen, steps{"late"});
  EXPECT_EQ(kernel.staged, 0);
  ::close(fd);
  stop();
}

TEST_F(shard_loop_disk, submits_the_deadline_with_the_operation) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::hours(1);
  spawn([&](shard& on) -> task<> { co_await on.mkdir("/nowhere", {.deadline = until}); });
  ASSERT_EQ(kernel.under_way.size(), 1U);
  EXPECT_EQ(kernel.under_way[0].what.linked_deadline, until.time_since_epoch().count());
  complete(0);
  ::close(fd);
  stop();
}

} // namespace
} // namespace shardbridge::detail
