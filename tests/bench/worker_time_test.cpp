// Goal: what the kernel's workers for io_uring used is told apart from what the program's own threads used, also where
// workers have ended. Method: processes made up; then a ring of our own, with reads that must go to workers.

#include "common/process_times.hpp"
#include "program.hpp"

#include <gtest/gtest.h>
#include <liburing.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

thread_time own(int id, std::chrono::nanoseconds used) {
  return {.id = id, .kernel_worker = false, .used = used};
}
thread_time worker(int id, std::chrono::nanoseconds used) {
  return {.id = id, .kernel_worker = true, .used = used};
}

TEST(worker_time, is_that_of_workers_there_are) {
  const process_times before{.total = 10ms, .threads = {own(1, 8ms), worker(2, 2ms)}};
  const process_times after{.total = 24ms, .threads = {own(1, 14ms), worker(2, 5ms), worker(3, 4ms), own(4, 1ms)}};
  EXPECT_EQ(worker_time(before, after), 7ms);
  EXPECT_EQ(worker_time(before, before), 0ms);
}

TEST(worker_time, of_workers_that_ended_is_what_nobody_else_used) {
  const process_times before{.total = 10ms, .threads = {own(1, 8ms), worker(2, 2ms)}};
  EXPECT_EQ(worker_time(before, {.total = 20ms, .threads = {own(1, 9ms)}}), 9ms);
  EXPECT_EQ(worker_time(before, {.total = 20ms, .threads = {own(1, 9ms), worker(3, 1ms)}}), 9ms)
      << "and one that came and went unseen";
}

TEST(worker_time, is_none_where_clocks_were_only_read_one_after_the_other) {
  const process_times before{.total = 10ms, .threads = {own(1, 10ms)}};
  EXPECT_EQ(worker_time(before, {.total = 20ms, .threads = {own(1, 19950us)}}), 0ms);
  EXPECT_EQ(worker_time(before, {.total = 20ms, .threads = {own(1, 21ms)}}), 0ms);
}

TEST(worker_time, takes_no_thread_of_the_program_that_ended_for_a_worker) {
  const process_times before{.total = 10ms, .threads = {own(1, 5ms), own(2, 5ms), worker(3, 0ms)}};
  EXPECT_EQ(worker_time(before, {.total = 30ms, .threads = {own(1, 6ms), worker(3, 2ms)}}), 2ms);
}

TEST(worker_time, knows_a_number_that_was_given_again) {
  const process_times before{.total = 10ms, .threads = {own(1, 5ms), worker(2, 5ms)}};
  EXPECT_EQ(worker_time(before, {.total = 14ms, .threads = {own(1, 6ms), worker(2, 3ms)}}), 3ms);
  const process_times own_before{.total = 10ms, .threads = {own(1, 5ms), own(2, 5ms)}};
  EXPECT_EQ(worker_time(own_before, {.total = 14ms, .threads = {own(1, 6ms), worker(2, 3ms)}}), 3ms);
}

TEST(worker_time, is_none_where_nobody_tells_of_threads) {
  EXPECT_EQ(worker_time({.total = 10ms, .threads = {}}, {.total = 20ms, .threads = {}}), 0ms);
}

TEST(worker_name, is_what_the_kernel_gives) {
  EXPECT_TRUE(is_worker_name("iou-wrk-1234"));
  EXPECT_TRUE(is_worker_name("iou-sqp-1234"));
  EXPECT_FALSE(is_worker_name("shardbridge/0"));
  EXPECT_FALSE(is_worker_name(""));
}

/// Reads a cached file again and again through a ring.
class ring_reader {
 public:
  explicit ring_reader(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    usable_ = io_uring_queue_init(entries, &ring_, 0) == 0;
    EXPECT_EQ(::write(file_, memory_.data(), memory_.size()), static_cast<ssize_t>(memory_.size()));
  }
  ring_reader(const ring_reader&) = delete;
  ring_reader& operator=(const ring_reader&) = delete;
  ~ring_reader() {
    if (usable_) io_uring_queue_exit(&ring_);
    ::close(file_);
  }

  bool usable() const { return usable_; }

  /// Until this process has used so much CPU time. `flags` of each operation.
  void read_for(std::chrono::nanoseconds cpu, unsigned flags) {
    const auto begin = times_of_process().total;
    while (times_of_process().total - begin < cpu) {
      for (unsigned i = 0; i != entries; ++i) {
        io_uring_sqe* const sqe = io_uring_get_sqe(&ring_);
        io_uring_prep_read(sqe, file_, memory_.data(), static_cast<unsigned>(memory_.size()), 0);
        sqe->flags |= static_cast<decltype(sqe->flags)>(flags);
      }
      ASSERT_GE(io_uring_submit_and_wait(&ring_, entries), 0);
      io_uring_cqe* cqe = nullptr;
      while (io_uring_peek_cqe(&ring_, &cqe) == 0) {
        ASSERT_EQ(cqe->res, static_cast<int>(memory_.size()));
        io_uring_cqe_seen(&ring_, cqe);
      }
    }
  }

 private:
  static constexpr unsigned entries = 8;
  std::vector<char> memory_ = std::vector<char>(256 << 10, 'x');
  int file_;
  bool usable_ = false;
  io_uring ring_{};
};

bool has_workers(const process_times& of) {
  return std::ranges::any_of(of.threads, &thread_time::kernel_worker);
}

void wait_for_the_end_of_workers() {
  for (const auto give_up = std::chrono::steady_clock::now() + 20s;
       has_workers(times_of_process()) && std::chrono::steady_clock::now() < give_up;)
    std::this_thread::sleep_for(10ms);
}

TEST(times_of_process, tell_what_workers_did_and_nothing_of_what_is_done_inline) {
  const scratch_folder folder;
  wait_for_the_end_of_workers(); // of other tests
  ring_reader reader(folder / "file");
  if (!reader.usable()) GTEST_SKIP() << "there is no io_uring";
  const process_times start = times_of_process();
  reader.read_for(20ms, 0);
  const process_times middle = times_of_process();
  EXPECT_EQ(worker_time(start, middle), 0ns);
  reader.read_for(40ms, IOSQE_ASYNC);
  const process_times end = times_of_process();
  EXPECT_TRUE(has_workers(end));
  EXPECT_GT(worker_time(middle, end), 1ms);
  EXPECT_LT(worker_time(middle, end), end.total - middle.total);
}

TEST(times_of_process, tell_what_workers_did_that_have_ended) {
  const scratch_folder folder;
  wait_for_the_end_of_workers();
  process_times start;
  std::chrono::nanoseconds seen{0};
  {
    ring_reader reader(folder / "file");
    if (!reader.usable()) GTEST_SKIP() << "there is no io_uring";
    start = times_of_process();
    reader.read_for(40ms, IOSQE_ASYNC);
    seen = worker_time(start, times_of_process());
  }
  wait_for_the_end_of_workers();
  const process_times end = times_of_process();
  ASSERT_FALSE(has_workers(end));
  EXPECT_GT(seen, 1ms);
  EXPECT_GE(worker_time(start, end), seen - 1ms);
  EXPECT_LT(worker_time(start, end), end.total - start.total);
}

} // namespace
} // namespace shardbridge::bench
