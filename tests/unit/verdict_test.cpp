// Goal: every branch of the verdict: done, continued, or which error; with what was moved before counted in.
// Method: a table of settled submissions and what they mean.
#include "printers.hpp"

#include <shard_side/verdict.hpp>

#include <cerrno>
#include <ostream>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using reason = op_fsm::reason;

struct expectation {
  const char* what;
  transfer asked;
  std::int32_t result;
  reason interrupted;
  bool done;
  op_result expected;
};

std::ostream& operator<<(std::ostream& out, const expectation& each) {
  return out << each.what;
}

constexpr transfer regular_read(std::uint64_t before = 0, std::uint64_t rest = 0, std::uint32_t alignment = 1) {
  return {op_code::read, before, 4096, rest, true, alignment, 0};
}
constexpr transfer regular_write(std::uint64_t before = 0) {
  return {op_code::write, before, 4096, 0, true, 1, 0};
}
constexpr transfer pipe(op_code code, std::uint64_t rest = 0) {
  return {code, 0, 4096, rest, false, 1, 0};
}
constexpr transfer plain(op_code code) {
  return {.code = code};
}
constexpr transfer interrupted(int times) {
  return {.code = op_code::sync_all, .interruptions = times};
}
constexpr op_result moved(std::uint64_t bytes) {
  return {result_kind::success, 0, bytes};
}
constexpr op_result failed(int error, std::uint64_t bytes) {
  return {result_kind::system_error, error, bytes};
}

const std::vector<expectation> expectations{
    {"a full read", regular_read(), 4096, reason::none, true, moved(4096)},
    {"a full read after others", regular_read(100), 4096, reason::none, true, moved(4196)},
    {"a full part of a larger read", regular_read(0, 50), 4096, reason::none, false, moved(4096)},
    {"a short read", regular_read(), 100, reason::none, false, moved(100)},
    {"a short read after others", regular_read(1000), 100, reason::none, false, moved(1100)},
    {"a short write", regular_write(), 100, reason::none, false, moved(100)},
    {"nothing read: the end of the file", regular_read(), 0, reason::none, true, {result_kind::end_of_file, 0, 0}},
    {"nothing read after others: told at the next read", regular_read(10), 0, reason::none, true, moved(10)},
    {"nothing written", regular_write(7), 0, reason::none, true, moved(7)},
    {"nothing read from a pipe", pipe(op_code::read), 0, reason::none, true, {result_kind::end_of_file, 0, 0}},
    {"a short read of a pipe", pipe(op_code::read), 100, reason::none, true, moved(100)},
    {"a full part of a larger write to a pipe", pipe(op_code::write, 50), 4096, reason::none, true, moved(4096)},
    {"a short direct read, aligned", regular_read(0, 0, 512), 1024, reason::none, false, moved(1024)},
    {"a short direct read, not aligned: the end", regular_read(0, 0, 512), 1000, reason::none, true, moved(1000)},
    {"a full read in spite of the user", regular_read(), 4096, reason::user, true, moved(4096)},
    {"a short read, and the user cancelled", regular_read(5), 100, reason::user, true, {result_kind::aborted, 0, 105}},
    {"a short read, and the deadline fired", regular_read(5), 100, reason::deadline, true,
     op_result::of(errc::expired_in_flight, 105)},
    {"a short write, and a stop came", regular_write(5), 100, reason::stop, true, op_result::of(errc::stopped, 105)},
    {"a part of a larger read, and the deadline fired", regular_read(0, 50), 4096, reason::deadline, true,
     op_result::of(errc::expired_in_flight, 4096)},
    {"a short read of a pipe in spite of the deadline", pipe(op_code::read), 100, reason::deadline, true, moved(100)},
    {"an error", regular_read(), -EIO, reason::none, true, failed(EIO, 0)},
    {"an error after a short write", regular_write(300), -ENOSPC, reason::none, true, failed(ENOSPC, 300)},
    {"an error in spite of the user", regular_read(), -EIO, reason::user, true, failed(EIO, 0)},
    {"cancelled after a short read", regular_read(300), -ECANCELED, reason::user, true, {result_kind::aborted, 0, 300}},
    {"expired after a short write", regular_write(300), -ECANCELED, reason::deadline, true,
     op_result::of(errc::expired_in_flight, 300)},
    {"interrupted by nobody: again", regular_read(300), -EINTR, reason::none, false, moved(300)},
    {"interrupted for the user, a read", regular_read(300), -EINTR, reason::user, true, {result_kind::aborted, 0, 300}},
    {"interrupted for the user, a write", regular_write(300), -EINTR, reason::user, true,
     op_result::of(errc::outcome_unknown, 300)},
    {"interrupted for the user, a resize", plain(op_code::resize), -EINTR, reason::user, true,
     op_result::of(errc::outcome_unknown)},
    {"interrupted for the user, an allocation", plain(op_code::allocate), -EINTR, reason::user, true,
     op_result::of(errc::outcome_unknown)},
    {"interrupted for the user, advice",
     plain(op_code::advise),
     -EINTR,
     reason::user,
     true,
     {result_kind::aborted, 0, 0}},
    {"interrupted at the deadline, a write", regular_write(300), -EINTR, reason::deadline, true,
     op_result::of(errc::expired_in_flight, 300)},
    {"interrupted by a stop, a write", regular_write(300), -EINTR, reason::stop, true,
     op_result::of(errc::outcome_unknown, 300)},
    {"interrupted by a stop, a read", regular_read(), -EINTR, reason::stop, true, op_result::of(errc::stopped)},
    {"interrupted by nobody, too often", interrupted(most_interruptions), -EINTR, reason::none, true, failed(EINTR, 0)},
    {"interrupted by nobody, once more", interrupted(most_interruptions - 1), -EINTR, reason::none, false, moved(0)},
    {"interrupted by nobody too often, then late", interrupted(most_interruptions), -EINTR, reason::deadline, true,
     op_result::of(errc::expired_in_flight)},
    {"interrupted for the user, a rename", plain(op_code::rename), -EINTR, reason::user, true,
     op_result::of(errc::outcome_unknown)},
    {"interrupted for the user, a look",
     plain(op_code::status),
     -EINTR,
     reason::user,
     true,
     {result_kind::aborted, 0, 0}},
    {"interrupted for the user, a size",
     plain(op_code::size),
     -EINTR,
     reason::user,
     true,
     {result_kind::aborted, 0, 0}},
    {"a fsync interrupted by nobody: again", plain(op_code::sync_all), -EINTR, reason::none, false, moved(0)},
    {"a close interrupted by nobody", plain(op_code::close), -EINTR, reason::none, true, moved(0)},
    {"a close interrupted at the deadline", plain(op_code::close), -EINTR, reason::deadline, true, moved(0)},
    {"a close that fails", plain(op_code::close), -EIO, reason::none, true, failed(EIO, 0)},
    {"an opened file", plain(op_code::open), 17, reason::none, true, moved(17)},
    {"descriptor 0", plain(op_code::open), 0, reason::none, true, moved(0)},
    {"an open in spite of the user", plain(op_code::open), 17, reason::user, true, moved(17)},
    {"an open that fails", plain(op_code::open), -ENOENT, reason::none, true, failed(ENOENT, 0)},
};

class verdict_of : public testing::TestWithParam<expectation> {};

TEST_P(verdict_of, a_settled_submission) {
  const expectation& given = GetParam();
  op_fsm fsm;
  fsm.start(op_fsm::link::nothing);
  if (given.interrupted != reason::none) static_cast<void>(fsm.interrupt(given.interrupted));
  ASSERT_EQ(fsm.on_operation(given.result), op_fsm::action::settled);
  const verdict judged = judge(fsm, given.asked);
  EXPECT_EQ(judged.done, given.done);
  EXPECT_EQ(judged.result, given.expected);
}

INSTANTIATE_TEST_SUITE_P(every, verdict_of, testing::ValuesIn(expectations));

TEST(verdict, of_what_never_reached_the_kernel_says_that_nothing_was_done) {
  EXPECT_EQ(interrupted_early(reason::deadline), op_result::of(errc::expired_queued));
  EXPECT_EQ(interrupted_early(reason::stop), op_result::of(errc::stopped));
  EXPECT_EQ(interrupted_early(reason::user), (op_result{result_kind::aborted, 0, 0}));
}

} // namespace
} // namespace shardbridge::detail
