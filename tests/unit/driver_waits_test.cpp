// Goal: on both drivers what may wait for ever waits, goes on when it can and is cancelled; a wake and a time end the
// wait of the shard.
// Method: pipes, FIFOs, socket pairs and eventfds, read and written by the test; numbers that are closed and used
// again.
#include "every_driver.hpp"

#include <thread>

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>

namespace shardbridge::detail {
namespace {

class driver_on_what_waits : public every_driver {
 protected:
  static std::size_t fill(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    EXPECT_EQ(::fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
    const std::string page(4096, 'f');
    std::size_t all = 0;
    for (ssize_t now = 0; (now = ::write(fd, page.data(), page.size())) > 0;)
      all += static_cast<std::size_t>(now);
    EXPECT_EQ(::fcntl(fd, F_SETFL, flags), 0);
    return all;
  }
};

TEST_P(driver_on_what_waits, a_read_waits_for_a_pipe) {
  const pipe_ends pipe;
  bytes in(8);
  stage(0, transfer(op_code::read, pipe.reader, in));
  expect_waits(0);
  pipe.write("now");
  EXPECT_EQ(result(0), 3);
  EXPECT_EQ(in.memory.substr(0, 3), "now");
}

TEST_P(driver_on_what_waits, a_read_ends_with_the_pipe) {
  pipe_ends pipe;
  bytes in(8);
  stage(0, transfer(op_code::read, pipe.reader, in));
  expect_waits(0);
  pipe.writer.close();
  EXPECT_EQ(result(0), 0);
}

TEST_P(driver_on_what_waits, a_fifo_does_as_a_pipe) {
  const std::string path = (folder / "fifo").string();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const fd_owner fifo(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  bytes in(8), out("text");
  stage(0, transfer(op_code::read, fifo, in));
  expect_waits(0);
  stage(1, transfer(op_code::write, fifo, out));
  EXPECT_EQ(result(1), 4);
  EXPECT_EQ(result(0), 4);
}

TEST_P(driver_on_what_waits, a_write_waits_for_room) {
  const pipe_ends pipe;
  std::string read(fill(pipe.writer), '\0');
  bytes out("behind it");
  stage(0, transfer(op_code::write, pipe.writer, out));
  expect_waits(0);
  ASSERT_EQ(::read(pipe.reader, read.data(), read.size()), static_cast<ssize_t>(read.size()));
  EXPECT_EQ(result(0), 9);
  ASSERT_EQ(::read(pipe.reader, read.data(), read.size()), 9);
  EXPECT_EQ(read.substr(0, 9), "behind it");
}

TEST_P(driver_on_what_waits, a_write_to_a_broken_pipe_fails) {
  ::signal(SIGPIPE, SIG_IGN); // a shard has its signals blocked
  pipe_ends pipe;
  fill(pipe.writer);
  bytes out("lost");
  stage(0, transfer(op_code::write, pipe.writer, out));
  expect_waits(0);
  pipe.reader.close();
  EXPECT_EQ(result(0), -EPIPE);
}

TEST_P(driver_on_what_waits, several_wait_for_one_descriptor) {
  const socket_pair pair;
  const std::size_t full = fill(pair.ours);
  bytes first(1), second(1), third("w");
  stage(0, transfer(op_code::read, pair.ours, first));
  stage(1, transfer(op_code::read, pair.ours, second));
  stage(2, transfer(op_code::write, pair.ours, third));
  expect_waits(0);
  expect_waits(1);
  expect_waits(2);
  // A ring may serve the last first.
  pair.they_send("a");
  while (unseen(0) + unseen(1) == 0)
    take();
  EXPECT_EQ(unseen(0) + unseen(1), 1U);
  EXPECT_EQ(pair.they_receive(full).size(), full);
  EXPECT_EQ(result(2), 1);
  pair.they_send("b");
  EXPECT_EQ(result(0), 1);
  EXPECT_EQ(result(1), 1);
  EXPECT_TRUE(first.memory + second.memory == "ab" || second.memory + first.memory == "ab");
}

TEST_P(driver_on_what_waits, one_of_several_is_cancelled) {
  const pipe_ends pipe;
  bytes in[3] = {bytes(1), bytes(1), bytes(1)};
  for (std::uint32_t each = 0; each < 3; ++each)
    stage(each, transfer(op_code::read, pipe.reader, in[each]));
  expect_waits(0);
  expect_cancelled(1);
  pipe.write("xy");
  EXPECT_EQ(result(0), 1);
  EXPECT_EQ(result(2), 1);
}

TEST_P(driver_on_what_waits, a_cancel_that_is_staged_behind_it_finds_it) {
  const pipe_ends pipe;
  bytes in(1);
  stage(0, transfer(op_code::read, pipe.reader, in));
  expect_cancelled(0);
}

TEST_P(driver_on_what_waits, cancelled_it_has_taken_nothing) {
  const pipe_ends pipe;
  bytes in(4);
  stage(0, transfer(op_code::read, pipe.reader, in));
  expect_waits(0);
  expect_cancelled(0);
  pipe.write("kept");
  EXPECT_EQ(result_of(transfer(op_code::read, pipe.reader, in)), 4);
}

TEST_P(driver_on_what_waits, a_number_is_used_again) {
  bytes in(8);
  fd_owner kept; // of what had the number before: epoll knows it still
  int number = -1;
  for (int times = 0; times < 4; ++times) {
    pipe_ends pipe;
    if (times == 0) number = pipe.reader;
    if (pipe.reader != number) {
      ASSERT_EQ(::dup2(pipe.reader, number), number);
      pipe.reader = fd_owner(number);
    }
    stage(0, transfer(op_code::read, number, in));
    expect_waits(0);
    if (times % 2 == 0) {
      pipe.write("text");
      EXPECT_EQ(result(0), 4);
    } else {
      expect_cancelled(0);
    }
    if (times == 1) kept = fd_owner(::fcntl(number, F_DUPFD_CLOEXEC, 100));
  }
  const pipe_ends closed;
  stage(0, transfer(op_code::read, closed.reader, in));
  expect_waits(0);
  expect_cancelled(0);
  EXPECT_EQ(result_of(of_file(op_code::close, ::dup(closed.reader))), 0);
}

TEST_P(driver_on_what_waits, an_eventfd_tells) {
  const fd_owner event(::eventfd(0, EFD_CLOEXEC));
  bytes in(8);
  stage(0, transfer(op_code::read, event, in));
  expect_waits(0);
  ASSERT_EQ(::eventfd_write(event, 1), 0);
  EXPECT_EQ(result(0), 8);
  bytes out(std::string("\1\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(result_of(transfer(op_code::write, event, out)), 8);
}

TEST_P(driver_on_what_waits, what_cannot_be_waited_for_is_done) {
  const fd_owner zero(::open("/dev/zero", O_RDWR | O_CLOEXEC));
  bytes some(std::string("xxxx"));
  EXPECT_EQ(result_of(transfer(op_code::read, zero, some)), 4);
  EXPECT_EQ(some.memory, std::string(4, '\0'));
  EXPECT_EQ(result_of(transfer(op_code::write, zero, some)), 4);
  const fd_owner directory(::open(folder.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(result_of(transfer(op_code::read, directory, some)), -EISDIR);
  EXPECT_EQ(result_of(transfer(op_code::read, -1, some)), -EBADF);
}

TEST_P(driver_on_what_waits, a_poll_tells_what_is_there) {
  const pipe_ends pipe;
  EXPECT_EQ(result_of(poll_of(pipe.writer, POLLIN | POLLOUT)), POLLOUT);
  stage(0, poll_of(pipe.reader, POLLIN));
  expect_waits(0);
  pipe.write("x");
  EXPECT_EQ(result(0), POLLIN);
  const fd_owner file = make_file("file");
  EXPECT_EQ(result_of(poll_of(file, POLLIN)), POLLIN);
  EXPECT_EQ(result_of(poll_of(-1, POLLIN)), -EBADF);
  const int closed = ::dup(file);
  ::close(closed);
  EXPECT_EQ(result_of(poll_of(closed, POLLIN)), -EBADF);
}

TEST_P(driver_on_what_waits, a_poll_is_told_of_the_end) {
  pipe_ends pipe;
  stage(0, poll_of(pipe.reader, POLLIN));
  expect_waits(0);
  pipe.writer.close();
  EXPECT_EQ(result(0), POLLHUP);
}

TEST_P(driver_on_what_waits, a_poll_is_cancelled) {
  const pipe_ends pipe;
  stage(0, poll_of(pipe.reader, POLLIN));
  expect_waits(0);
  expect_cancelled(0);
}

TEST_P(driver_on_what_waits, a_wake_ends_the_wait) {
  const pipe_ends pipe; // for the poll of the wake to be there beside another
  bytes in(1);
  stage(0, transfer(op_code::read, pipe.reader, in));
  for (int times = 0; times < 3; ++times) {
    take();
    const std::jthread waker([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      wake.signal();
    });
    const std::int64_t until = steady_now() + patience;
    kernel->enter(until);
    EXPECT_LT(steady_now(), until) << "nobody was woken";
  }
  EXPECT_EQ(unseen(0), 0U);
}

TEST_P(driver_on_what_waits, a_time_ends_the_wait) {
  take();
  for (const std::int64_t wait : {std::int64_t{0}, std::int64_t{30'000'000}}) {
    const std::int64_t until = steady_now() + wait;
    while (steady_now() < until)
      kernel->enter(until);
  }
  kernel->enter(steady_now() - 1);
  EXPECT_FALSE(kernel->ready());
}

TEST_P(driver_on_what_waits, what_is_done_meanwhile_ends_the_wait) {
  const fd_owner file = make_file("file");
  for (int times = 0; times < 100; ++times) {
    const std::int64_t until = steady_now() + patience;
    EXPECT_EQ(result_of(of_file(op_code::sync_data, file)), 0);
    ASSERT_LT(steady_now(), until) << "nobody was woken";
  }
}

INSTANTIATE_TEST_SUITE_P(, driver_on_what_waits, both_drivers, name_of_kind);

} // namespace
} // namespace shardbridge::detail
