// Goal: on both drivers every operation on files and paths does the same and says the same.
// Method: real files in a folder of the test's own; a second thread opens the other end of FIFOs.
#include "every_driver.hpp"

#include <array>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>

namespace shardbridge::detail {
namespace {

class driver_on_files : public every_driver {
 protected:
  static submission synced(submission what) {
    what.then = op_code::sync_data;
    return what;
  }
  submission on_path(op_code code, const std::string& name, std::int32_t mode = 0) {
    arguments.path = (folder / name).string();
    submission what{.code = code};
    what.arguments = &arguments;
    what.mode = mode;
    return what;
  }
  static submission of_regular(op_code code, int fd, bytes& with, std::uint64_t offset, hit_rate* cached = nullptr) {
    submission what = transfer(code, fd, with, offset);
    what.regular = true;
    what.cached = cached;
    return what;
  }

  kernel_arguments arguments;
};

TEST_P(driver_on_files, writes_and_reads) {
  const fd_owner file = make_file("file");
  bytes out("some text");
  EXPECT_EQ(result_of(of_regular(op_code::write, file, out, 100)), 9);
  hit_rate cached;
  for (hit_rate* const rate : {static_cast<hit_rate*>(nullptr), &cached}) {
    bytes in(20);
    EXPECT_EQ(result_of(of_regular(op_code::read, file, in, 100, rate)), 9) << "what there is";
    EXPECT_EQ(in.memory.substr(0, 9), "some text");
    EXPECT_EQ(result_of(of_regular(op_code::read, file, in, 200, rate)), 0) << "behind the end";
    EXPECT_EQ(result_of(of_regular(op_code::read, -1, in, 0, rate)), -EBADF);
  }
}

TEST_P(driver_on_files, syncs_behind_a_write_what_was_written) {
  const fd_owner file = make_file("file");
  bytes out("some text");
  EXPECT_EQ(result_of(synced(of_regular(op_code::write, file, out, 0))), 9);
  EXPECT_EQ(next(0, cqe_kind::sync).result, 0);

  const fd_owner unwritable(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(result_of(synced(of_regular(op_code::write, unwritable, out, 0))), -EBADF);
  EXPECT_EQ(next(0, cqe_kind::sync).result, -ECANCELED);

  const socket_pair pair;
  EXPECT_EQ(result_of(synced(transfer(op_code::write, pair.ours, out))), 9);
  EXPECT_EQ(next(0, cqe_kind::sync).result, -EINVAL);
}

TEST_P(driver_on_files, a_cancel_of_what_is_staged_ends_the_write_and_its_sync) {
  if (GetParam() == driver_kind::io_uring) GTEST_SKIP() << "a ring begins what it is given before it looks for it";
  const fd_owner file = make_file("file");
  bytes out("some text");
  stage(0, synced(of_regular(op_code::write, file, out, 0)));
  cancel(0);
  EXPECT_EQ(said_to_cancel(0), 0);
  EXPECT_EQ(result(0), -ECANCELED);
  EXPECT_EQ(next(0, cqe_kind::sync).result, -ECANCELED);
}

TEST_P(driver_on_files, scatters_and_gathers) {
  const fd_owner file = make_file("file");
  bytes first("one"), second("two");
  std::array parts{first.part, second.part};
  submission what = of_regular(op_code::write, file, first, 0);
  what.iovecs = parts.data();
  what.iovec_count = 2;
  EXPECT_EQ(result_of(what), 6);
  bytes in(6);
  EXPECT_EQ(result_of(of_regular(op_code::read, file, in, 0)), 6);
  EXPECT_EQ(in.memory, "onetwo");
}

TEST_P(driver_on_files, reads_from_where_the_file_is) {
  const fd_owner file = make_file("file", "0123456789");
  ASSERT_EQ(::lseek(file, 2, SEEK_SET), 2);
  bytes in(3);
  hit_rate cached;
  EXPECT_EQ(result_of(of_regular(op_code::read, file, in, UINT64_MAX)), 3);
  EXPECT_EQ(in.memory, "234");
  EXPECT_EQ(result_of(of_regular(op_code::read, file, in, UINT64_MAX, &cached)), 3);
  EXPECT_EQ(in.memory, "567");
}

TEST_P(driver_on_files, more_than_it_has_room_for_at_once) {
  const fd_owner file = make_file("file", std::string(entries, 'x'));
  std::vector<std::unique_ptr<bytes>> all;
  for (std::uint32_t each = 0; each < entries; ++each) {
    all.push_back(std::make_unique<bytes>(1));
    stage(each, of_regular(op_code::read, file, *all.back(), each));
  }
  EXPECT_EQ(kernel->unsubmitted(), entries);
  EXPECT_FALSE(kernel->stage(token_of(0), of_file(op_code::sync_all, file)));
  EXPECT_FALSE(kernel->stage_cancel(token_of(0)));
  kernel->submit();
  EXPECT_EQ(kernel->unsubmitted(), 0U);
  for (std::uint32_t each = 0; each < entries; ++each)
    EXPECT_EQ(result(each), 1);
}

TEST_P(driver_on_files, syncs) {
  const fd_owner file = make_file("file");
  EXPECT_EQ(result_of(of_file(op_code::sync_all, file)), 0);
  EXPECT_EQ(result_of(of_file(op_code::sync_data, file)), 0);
  const pipe_ends pipe;
  EXPECT_EQ(result_of(of_file(op_code::sync_all, pipe.reader)), -EINVAL);
}

TEST_P(driver_on_files, opens_and_tells_the_size) {
  make_file("file", "12345");
  const fd_owner opened = result_of(on_path(op_code::open, "file", O_RDONLY));
  ASSERT_GE(opened, 0);
  EXPECT_EQ(::fcntl(opened, F_GETFD), FD_CLOEXEC);
  submission asks = on_path(op_code::open, "file", O_RDONLY);
  asks.step = 1;
  asks.fd = opened;
  EXPECT_EQ(result_of(asks), 0);
  EXPECT_EQ(std::exchange(arguments.status.stx_size, 0), 5U);
  asks = of_file(op_code::size, opened);
  asks.arguments = &arguments;
  EXPECT_EQ(result_of(asks), 0);
  EXPECT_EQ(arguments.status.stx_size, 5U);
  EXPECT_EQ(result_of(on_path(op_code::open, "none", O_RDONLY)), -ENOENT);
  EXPECT_EQ(result_of(on_path(op_code::open, "file", O_RDWR | O_CREAT | O_EXCL)), -EEXIST);
}

TEST_P(driver_on_files, closes) {
  fd_owner file = make_file("file");
  const int number = ::dup(file);
  EXPECT_EQ(result_of(of_file(op_code::close, number)), 0);
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
  EXPECT_EQ(result_of(of_file(op_code::close, number)), -EBADF);
}

TEST_P(driver_on_files, works_on_paths) {
  make_file("file", "123");
  EXPECT_EQ(result_of(on_path(op_code::status, "file")), 0);
  EXPECT_EQ(arguments.status.stx_size, 3U);
  EXPECT_EQ(result_of(on_path(op_code::status, "none")), -ENOENT);
  EXPECT_EQ(result_of(on_path(op_code::make_directory, "inner", 0700)), 0);
  EXPECT_EQ(result_of(on_path(op_code::make_directory, "inner", 0700)), -EEXIST);
  arguments.new_path = (folder / "inner" / "other").string();
  EXPECT_EQ(result_of(on_path(op_code::rename, "file")), 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "inner" / "other"));
  EXPECT_EQ(result_of(on_path(op_code::unlink, "inner")), -EISDIR);
  EXPECT_EQ(result_of(on_path(op_code::unlink, "inner/other")), 0);
  EXPECT_EQ(result_of(on_path(op_code::unlink, "inner/other")), -ENOENT);
}

TEST_P(driver_on_files, changes_sizes_and_takes_advice) {
  const fd_owner file = make_file("file", "12345");
  if (kernel->supports(op_code::resize)) {
    submission resized = of_file(op_code::resize, file);
    resized.offset = 3;
    EXPECT_EQ(result_of(resized), 0);
    EXPECT_EQ(::lseek(file, 0, SEEK_END), 3);
  }
  submission reserved = of_file(op_code::allocate, file);
  reserved.offset = 4096;
  reserved.length = 4096;
  const std::int32_t done = result_of(reserved);
  EXPECT_TRUE(done == 0 || done == -EOPNOTSUPP) << done;
  if (done == 0) {
    EXPECT_EQ(::lseek(file, 0, SEEK_END), 8192);
  }
  submission advised = of_file(op_code::advise, file);
  advised.length = 4096;
  advised.mode = POSIX_FADV_WILLNEED;
  EXPECT_EQ(result_of(advised), 0);
  const pipe_ends pipe;
  advised.fd = pipe.reader;
  EXPECT_EQ(result_of(advised), -ESPIPE);
}

TEST_P(driver_on_files, no_op) {
  EXPECT_EQ(result_of({.code = op_code::nop}), 0);
}

TEST_P(driver_on_files, a_cancel_of_what_has_ended_finds_nothing) {
  EXPECT_EQ(result_of({.code = op_code::nop}, 3), 0);
  cancel(3);
  EXPECT_EQ(said_to_cancel(3), -ENOENT);
  cancel(4); // which never was
  EXPECT_EQ(said_to_cancel(4), -ENOENT);
}

TEST_P(driver_on_files, an_old_name_does_not_cancel_what_is_new_in_its_slot) {
  const pipe_ends pipe;
  bytes in(4);
  stage(3, transfer(op_code::read, pipe.reader, in));
  take();
  ASSERT_TRUE(kernel->stage_cancel({7, 3, cqe_kind::operation}));
  EXPECT_EQ(said_to_cancel(3), -ENOENT);
  pipe.write("here");
  EXPECT_EQ(result(3), 4);
}

/// Opens a FIFO that has no other end yet: it takes as long as the test wants.
class driver_with_one_thread : public driver_on_files {
 protected:
  void SetUp() override {
    driver_on_files::SetUp();
    make(1);
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    stage(0, on_path(op_code::open, "fifo", O_RDONLY));
    take();
    // The thread has it when it cannot be cancelled any more.
    for (const std::int64_t end = steady_now() + patience; steady_now() < end;) {
      cancel(0);
      const std::int32_t said = said_to_cancel(0);
      if (said == -EALREADY) return;
      ASSERT_EQ(said, 0);
      ASSERT_EQ(result(0), -ECANCELED);
      stage(0, on_path(op_code::open, "fifo", O_RDONLY));
      take();
    }
    FAIL() << "no thread begins it";
  }
  /// Returns the result of the open.
  void let_go() {
    const fd_owner other(::open((folder / "fifo").c_str(), O_WRONLY | O_CLOEXEC));
    const fd_owner opened(result(0));
    EXPECT_GE(opened, 0);
  }
};

TEST_P(driver_with_one_thread, what_it_has_begun_goes_on) {
  EXPECT_EQ(unseen(0), 0U);
  let_go();
}

TEST_P(driver_with_one_thread, what_is_queued_behind_it_is_cancelled) {
  const fd_owner file = make_file("file");
  stage(1, of_file(op_code::sync_all, file));
  stage(2, of_file(op_code::sync_data, file));
  take();
  expect_cancelled(1);
  EXPECT_EQ(unseen(2), 0U);
  let_go();
  EXPECT_EQ(result(2), 0);
}

/// As of an operation with an owned buffer that has been answered at its deadline.
TEST_P(driver_with_one_thread, its_iovec_may_go_when_it_is_submitted) {
  const fd_owner file = make_file("file");
  bytes out("right"), other("something else");
  stage(1, of_regular(op_code::write, file, out, 0));
  take();
  out.part = other.part;
  let_go();
  EXPECT_EQ(result(1), 5);
  bytes in(20);
  EXPECT_EQ(result_of(of_regular(op_code::read, file, in, 0), 2), 5);
  EXPECT_EQ(in.memory.substr(0, 5), "right");
}

TEST_P(driver_with_one_thread, what_is_staged_is_cancelled) {
  const fd_owner file = make_file("file");
  stage(1, of_file(op_code::sync_all, file));
  expect_cancelled(1);
  let_go();
}

TEST_P(driver_with_one_thread, what_is_cached_needs_none) {
  const fd_owner file = make_file("file", "cached");
  hit_rate cached;
  bytes in(6);
  EXPECT_EQ(result_of(of_regular(op_code::read, file, in, 0, &cached), 1), 6);
  EXPECT_EQ(in.memory, "cached");
  EXPECT_EQ(unseen(0), 0U);
  let_go();
}

TEST_P(driver_with_one_thread, its_end_waits_for_what_has_begun) {
  std::jthread other([path = folder / "fifo"] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const fd_owner opened(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_GE(opened, 0);
  });
  kernel.reset(); // the descriptor that the open brings is nobody's
}

TEST(driver_without_threads, does_it_all_itself) {
  // In a process of its own, which may start no thread.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const rlimit none{0, 0};
    const bool limited = ::setrlimit(RLIMIT_NPROC, &none) == 0 && (::getuid() != 0 || ::setuid(65534) == 0);
    const event_fd wake;
    pool_driver tested({.entries = 4, .workers = {.most = 2, .name = "none", .cpus = {}}}, wake);
    bool all = limited;
    for (std::uint32_t each = 0; each < 8; ++each) {
      submission what{.code = op_code::sync_all};
      what.fd = -1;
      all = all && tested.stage({each + 1, each % 4, cqe_kind::operation}, what);
      tested.enter(never);
      std::array<completion, 2> came{};
      all = all && tested.reap(came) == 1 && came[0].result == -EBADF;
    }
    ::_exit(all ? 0 : 1);
  }
  int ended = 0;
  ASSERT_EQ(::waitpid(child, &ended, 0), child);
  EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0) << ended;
}

INSTANTIATE_TEST_SUITE_P(, driver_on_files, both_drivers, name_of_kind);
INSTANTIATE_TEST_SUITE_P(, driver_with_one_thread, testing::Values(driver_kind::thread_pool), name_of_kind);

} // namespace
} // namespace shardbridge::detail
