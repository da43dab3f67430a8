// Goal: what the kernel was seen to answer (DESIGN section 6) means the same in whatever order its CQEs come.
// Method: each row of that table, and its neighbours, in every permutation of its CQEs; the machine is fed, the verdict
// compared.
#include "printers.hpp"

#include <shard_side/verdict.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <ostream>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using reason = op_fsm::reason;

constexpr int block = 4096;

struct row {
  const char* what;
  op_code code;
  std::int32_t operation;
  std::optional<std::int32_t> timeout; ///< nothing: none was linked
  std::optional<std::int32_t> cancel;  ///< nothing: none was sent
  reason interrupt;                    ///< by the user, the shard's timer or a stop
  op_result expected;
};

std::ostream& operator<<(std::ostream& out, const row& each) {
  return out << each.what;
}

constexpr op_result done{result_kind::success, 0, block};
constexpr op_result synced{};
constexpr op_result aborted{result_kind::aborted, 0, 0};
constexpr op_result expired = op_result::of(errc::expired_in_flight);
constexpr op_result stopped = op_result::of(errc::stopped);
constexpr op_result failed(int error) {
  return {result_kind::system_error, error, 0};
}

const std::vector<row> rows{
    {"operation first", op_code::read, block, -ECANCELED, {}, reason::none, done},
    {"operation first, at the end of the file",
     op_code::read,
     0,
     -ECANCELED,
     {},
     reason::none,
     {result_kind::end_of_file, 0, 0}},
    {"operation first, EBADF", op_code::read, -EBADF, -ECANCELED, {}, reason::none, failed(EBADF)},
    {"operation without a timeout", op_code::write, block, {}, {}, reason::none, done},
    {"timeout fires on a pipe read", op_code::read, -ECANCELED, -ETIME, {}, reason::none, expired},
    {"timeout fires on a read stuck at the device", op_code::read, block, -ENOENT, {}, reason::none, done},
    {"the same with the shard's timer behind it", op_code::read, block, -ENOENT, -ENOENT, reason::deadline, done},
    {"the shard's timer meets the timeout on a pipe read", op_code::read, -ECANCELED, -ETIME, -ENOENT, reason::deadline,
     expired},
    {"fsync slower than its timeout", op_code::sync_all, 0, -ECANCELED, {}, reason::none, synced},
    {"fsync slower than its timeout and the shard's timer", op_code::sync_all, 0, -ECANCELED, -EALREADY,
     reason::deadline, synced},
    {"user cancels a pipe read", op_code::read, -ECANCELED, -ECANCELED, 0, reason::user, aborted},
    {"user cancels a pipe read without a timeout", op_code::read, -ECANCELED, {}, 0, reason::user, aborted},
    {"user cancels a direct read at the device", op_code::read, block, -ECANCELED, -ENOENT, reason::user, done},
    {"user cancels a fsync in io-wq", op_code::sync_all, 0, -ECANCELED, -EALREADY, reason::user, synced},
    {"io-wq interrupts a read for the user", op_code::read, -EINTR, -ECANCELED, -EALREADY, reason::user, aborted},
    {"io-wq interrupts a write for the user", op_code::write, -EINTR, -ECANCELED, -EALREADY, reason::user,
     op_result::of(errc::outcome_unknown)},
    {"io-wq interrupts a fsync for the user", op_code::sync_data, -EINTR, -ECANCELED, -EALREADY, reason::user,
     op_result::of(errc::outcome_unknown)},
    {"io-wq interrupts a fsync at the deadline", op_code::sync_data, -EINTR, -ECANCELED, -EALREADY, reason::deadline,
     expired},
    {"the shard's timer cancels a pipe read", op_code::read, -ECANCELED, {}, 0, reason::deadline, expired},
    {"a stop cancels a pipe read", op_code::read, -ECANCELED, -ECANCELED, 0, reason::stop, stopped},
    {"a stop cancels an open", op_code::open, -ECANCELED, -ECANCELED, 0, reason::stop, stopped},
    {"close is interrupted", op_code::close, -EINTR, {}, {}, reason::none, synced},
    {"the kernel cancels for a reason of its own", op_code::read, -ECANCELED, {}, {}, reason::none, aborted},
};

enum class cqe : std::uint8_t { operation, timeout, cancel };

class verdict_row : public testing::TestWithParam<row> {};

TEST_P(verdict_row, means_the_same_in_every_order) {
  const row& given = GetParam();
  std::vector<cqe> order{cqe::operation};
  if (given.timeout) order.push_back(cqe::timeout);
  if (given.cancel) order.push_back(cqe::cancel);
  do {
    op_fsm fsm;
    fsm.start(given.timeout ? op_fsm::link::timeout : op_fsm::link::nothing);
    if (given.interrupt != reason::none) {
      ASSERT_EQ(fsm.interrupt(given.interrupt), op_fsm::action::submit_cancel);
    }
    if (given.cancel) fsm.cancel_submitted();
    auto last = op_fsm::action::wait;
    for (const cqe each : order) {
      ASSERT_EQ(last, op_fsm::action::wait);
      last = each == cqe::operation ? fsm.on_operation(given.operation)
             : each == cqe::timeout ? fsm.on_timeout(*given.timeout)
                                    : fsm.on_cancel();
    }
    ASSERT_EQ(last, op_fsm::action::settled);
    const bool transfers = given.code == op_code::read || given.code == op_code::write;
    const verdict judged =
        judge(fsm, {.code = given.code, .wanted = transfers ? std::uint64_t{block} : 0, .continues = true});
    EXPECT_TRUE(judged.done);
    EXPECT_EQ(judged.result, given.expected) << testing::PrintToString(order);
  } while (std::next_permutation(order.begin(), order.end()));
}

INSTANTIATE_TEST_SUITE_P(design_section_6, verdict_row, testing::ValuesIn(rows));

} // namespace
} // namespace shardbridge::detail
