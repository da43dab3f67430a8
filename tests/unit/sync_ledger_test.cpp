// Goal: an error of a sync reaches every sync that it may concern, and is not forgotten. Method: the ledger stepped
// through every order in which overlapping syncs can end, and threads that wait for one another.
#include "printers.hpp"
#include "test_operation.hpp"

#include <atomic>
#include <cerrno>
#include <thread>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

constexpr op_result success{};
constexpr op_result io_error{result_kind::system_error, EIO, 0};

class sync_ledger_test : public testing::Test {
 public:
  using named = sync_ledger::released;

  bool end(sync_ledger::ticket which, int error) { return ledger.end(which, error, nullptr, out); }
  /// A success of `op`.
  bool succeed(sync_ledger::ticket which, operation& op) { return ledger.end(which, 0, &op, out); }

  sync_ledger ledger;
  named out;
  test_operation first{op_code::sync_all};
  test_operation second{op_code::sync_all};
};

TEST_F(sync_ledger_test, believes_a_success_that_nothing_overlaps) {
  first.result = io_error;
  EXPECT_FALSE(succeed(ledger.begin(), first));
  EXPECT_EQ(first.result, success);
  EXPECT_TRUE(out.empty());
}

TEST_F(sync_ledger_test, holds_a_success_until_what_overlapped_it_has_ended) {
  const auto failing = ledger.begin();
  const auto succeeding = ledger.begin();
  EXPECT_TRUE(succeed(succeeding, first));
  EXPECT_TRUE(out.empty());
  EXPECT_FALSE(end(failing, EIO));
  EXPECT_EQ(out, named{&first});
  EXPECT_EQ(first.result, io_error);
}

TEST_F(sync_ledger_test, believes_it_then_if_that_succeeded) {
  const auto slow = ledger.begin();
  EXPECT_TRUE(succeed(ledger.begin(), first));
  EXPECT_FALSE(succeed(slow, second));
  EXPECT_EQ(out, named{&first});
  EXPECT_EQ(first.result, success);
  EXPECT_EQ(second.result, success);
}

// Otherwise syncs that follow one another closely would hold one another for ever.
TEST_F(sync_ledger_test, waits_for_none_that_began_later) {
  const auto slow = ledger.begin();
  EXPECT_TRUE(succeed(ledger.begin(), first));
  const auto later = ledger.begin();
  EXPECT_TRUE(succeed(slow, second)) << "the later one overlaps this one";
  EXPECT_EQ(out, named{&first}) << "and not the first";
  EXPECT_FALSE(end(later, 0));
  EXPECT_EQ(out, (named{&first, &second}));
}

TEST_F(sync_ledger_test, an_error_is_final_and_the_first_counts) {
  EXPECT_FALSE(end(ledger.begin(), EIO));
  EXPECT_FALSE(succeed(ledger.begin(), first));
  EXPECT_EQ(first.result, io_error);
  EXPECT_FALSE(end(ledger.begin(), ENOSPC));
  const auto running = ledger.begin();
  EXPECT_FALSE(succeed(ledger.begin(), second)) << "nothing to wait for: it has failed already";
  EXPECT_EQ(second.result, io_error);
  EXPECT_FALSE(end(running, 0));
}

TEST_F(sync_ledger_test, an_error_releases_at_once_whatever_is_held) {
  const auto slow = ledger.begin();
  const auto failing = ledger.begin();
  EXPECT_TRUE(succeed(ledger.begin(), first));
  EXPECT_FALSE(end(failing, ENOSPC));
  EXPECT_EQ(out, named{&first});
  EXPECT_EQ(first.result, (op_result{result_kind::system_error, ENOSPC, 0}));
  EXPECT_FALSE(end(slow, 0));
}

TEST_F(sync_ledger_test, what_refuses_the_sync_itself_says_nothing_about_data) {
  for (const int error : {EBADF, EINVAL, EROFS, ENOSYS, EOPNOTSUPP, EINTR, EAGAIN, ENOMEM, ECANCELED})
    EXPECT_FALSE(end(ledger.begin(), error));
  EXPECT_FALSE(succeed(ledger.begin(), first));
  EXPECT_EQ(first.result, success);
  for (const int error : {EIO, ENOSPC, EDQUOT, ESTALE, ENOLINK}) {
    sync_ledger other;
    static_cast<void>(other.end(other.begin(), error, nullptr, out));
    static_cast<void>(other.end(other.begin(), 0, &first, out));
    EXPECT_EQ(first.result, (op_result{result_kind::system_error, error, 0}));
  }
}

TEST_F(sync_ledger_test, what_is_withdrawn_does_not_come_out) {
  const auto slow = ledger.begin();
  EXPECT_TRUE(succeed(ledger.begin(), first));
  EXPECT_TRUE(succeed(ledger.begin(), second));
  EXPECT_TRUE(ledger.withdraw(first));
  EXPECT_FALSE(ledger.withdraw(first));
  EXPECT_FALSE(end(slow, 0));
  EXPECT_EQ(out, named{&second});
  EXPECT_FALSE(ledger.withdraw(second));
}

TEST_F(sync_ledger_test, a_thread_waits_for_what_overlapped_it) {
  const auto failing = ledger.begin();
  std::atomic<int> told = -1;
  std::thread waiting([&] {
    named mine;
    told = ledger.end_and_wait(ledger.begin(), 0, mine);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(told, -1);
  EXPECT_FALSE(end(failing, EIO));
  waiting.join();
  EXPECT_EQ(told, EIO);
  EXPECT_EQ(ledger.end_and_wait(ledger.begin(), 0, out), EIO);
  EXPECT_EQ(ledger.end_and_wait(ledger.begin(), ENOSPC, out), ENOSPC) << "its own";
}

// Every sync that overlaps the one that fails, or comes behind it, says so, whatever the order of their ends.
TEST_F(sync_ledger_test, threads_all_hear_of_the_one_error) {
  for (int round = 0; round < 200; ++round) {
    sync_ledger shared;
    std::atomic<int> failed_before = 0;
    std::atomic<bool> failed = false;
    const auto failing = shared.begin();
    std::vector<std::thread> threads;
    for (int each = 0; each < 3; ++each)
      threads.emplace_back([&] {
        for (int sync = 0; sync < 20; ++sync) {
          named mine;
          const bool after = failed;
          if (shared.end_and_wait(shared.begin(), 0, mine) != EIO) ++failed_before;
          EXPECT_FALSE(after && failed_before > 0);
        }
      });
    named mine;
    static_cast<void>(shared.end(failing, EIO, nullptr, mine));
    failed = true;
    for (std::thread& each : threads)
      each.join();
    EXPECT_EQ(failed_before, 0) << "the failing one began before all others";
  }
}

} // namespace
} // namespace shardbridge::detail
