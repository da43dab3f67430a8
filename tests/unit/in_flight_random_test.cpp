// Goal: whatever the kernel answers in whatever order, every operation started is reported exactly once, no slot, no
// descriptor and no buffer is left, and no byte is counted that was not moved.
// Method: random programs with a printed seed; a kernel that completes, shortens, fails, fires timeouts, cancels or
// cannot, and says "no room" now and then.
#include "in_flight_fixture.hpp"
#include "open_descriptors.hpp"
#include "seed.hpp"

#include <shardbridge/buffer_pool.hpp>

#include <map>

namespace shardbridge::detail {
namespace {

class random_flights {
 public:
  random_flights(std::uint64_t seed, int null_fd) : random_(seed), null_(null_fd) {}

  void run() {
    const std::size_t total = 1 + random_.roll(8);
    while (started_ < total || flights_.size() > 0) {
      ASSERT_LT(++steps_, 5000) << "it does not come to an end";
      step(total);
      if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_TRUE(flights_.retry(0));
    EXPECT_TRUE(kernel_.under_way.empty());
    EXPECT_EQ(told_.all.size(), total);
    EXPECT_TRUE(told_.holding.empty());
    EXPECT_EQ(counters_.in_flight.get(), 0U);
    EXPECT_EQ(flights_.unanswered(), 0U);
    for (test_transfer& each : operations_)
      each.buffer.reset();
    EXPECT_EQ(pool().stats().buffers_in_use, 0U);
    for (const ended& each : told_.all)
      EXPECT_LE(each.result.value, each.op->code == op_code::open ? 1U << 20U : each.op->bytes);
    for (const ended& each : told_.all)
      if (each.op->code == op_code::open && each.result.kind == result_kind::success)
        ::close(static_cast<int>(each.result.value));
  }

 private:
  void step(std::size_t total) {
    switch (random_.roll(8)) {
    case 0:
    case 1:
      if (started_ < total) start();
      return;
    case 2:
      kernel_.refusals = static_cast<int>(random_.roll(4));
      return;
    case 3:
      interrupt();
      if (random_.one_in(100)) flights_.give_up();
      return;
    case 4:
      // The retry comes after an enter, as in a turn.
      kernel_.enter(driver::no_wait);
      static_cast<void>(flights_.retry(0));
      return;
    default:
      kernel_.enter(driver::no_wait);
      answer();
      if (random_.one_in(2)) flights_.reap();
    }
  }

  void start() {
    static constexpr std::array codes{op_code::read, op_code::write, op_code::sync_all,
                                      op_code::open, op_code::size,  op_code::rename};
    const op_code code = codes[random_.roll(codes.size())];
    descriptor& file = random_.one_in(2) ? *regular_ : *pipe_;
    std::vector<std::size_t> lengths;
    if (code == op_code::read || code == op_code::write)
      for (std::size_t each = random_.roll(4) + 1; each > 0; --each)
        lengths.push_back(1 + random_.roll(20));
    test_transfer& made = operations_.emplace_back(code, file, lengths);
    if (!lengths.empty() && random_.one_in(2)) made.own(pool().allocate(1));
    if (code == op_code::open || code == op_code::size || code == op_code::rename)
      made.op.arguments = std::make_unique<kernel_arguments>();
    if (code == op_code::rename) made.op.file = nullptr;
    if (random_.one_in(2)) made.op.deadline = 77;
    if (flights_.start(made.op))
      ++started_;
    else
      operations_.pop_back();
  }

  /// Only what is in a slot may be interrupted: not what was reported or has left the kernel.
  void interrupt() {
    for (test_transfer& each : operations_) {
      const bool left = std::ranges::count(told_.holding, &each.op) > 0 ||
                        std::ranges::any_of(told_.all, [&](const ended& other) { return other.op == &each.op; });
      if (left || !random_.one_in(3)) continue;
      static constexpr std::array reasons{op_fsm::reason::user, op_fsm::reason::deadline, op_fsm::reason::stop};
      flights_.interrupt(each.op, reasons[random_.roll(reasons.size())]);
    }
  }

  /// One CQE that the kernel may post next.
  void answer() {
    if (kernel_.under_way.empty()) return;
    const std::size_t at = random_.roll(kernel_.under_way.size());
    const fake_driver::entry& chosen = kernel_.under_way[at];
    const std::size_t what = random_.roll(3);
    if (what == 0 && chosen.timeout)
      kernel_.post_timeout(at, std::array{-ETIME, -ENOENT, -ECANCELED}[random_.roll(3)]);
    else if (what == 1 && chosen.cancels > 0)
      kernel_.post_cancel(at, std::array{0, -ENOENT, -EALREADY}[random_.roll(3)]);
    else if (chosen.operation)
      kernel_.post_operation(at, result_of(chosen.what));
  }

  std::int32_t result_of(const submission& what) {
    if (random_.one_in(4)) return std::array{-ECANCELED, -EINTR, -EIO}[random_.roll(3)];
    if (what.code == op_code::open && what.step == 0) return ::dup(null_);
    std::size_t wanted = 0;
    for (const iovec& each : std::span(what.iovecs, what.iovec_count))
      wanted += each.iov_len;
    return static_cast<std::int32_t>(random_.one_in(2) ? wanted : random_.roll(wanted + 1));
  }

  /// Its buffers are only lent and given back.
  static buffer_pool& pool() {
    static buffer_pool out({.bytes = 1 << 20});
    return out;
  }

  dice random_;
  const int null_;
  int steps_ = 0;
  std::size_t started_ = 0;
  test_file regular_{true};
  test_file pipe_{false};
  std::deque<test_transfer> operations_;
  fake_driver kernel_;
  loop_counters counters_;
  remembering_sink told_;
  in_flight flights_{kernel_, 3, true, counters_, told_};
};

TEST(in_flight, reports_every_operation_once_whatever_the_kernel_does) {
  const std::uint64_t seed = test_seed();
  const int null_fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const std::size_t before = open_descriptors();
  for (std::uint64_t program = 0; program < 20000 && !testing::Test::HasFailure(); ++program) {
    TRACE_SEED(seed + program);
    random_flights(seed + program, null_fd).run();
  }
  EXPECT_EQ(open_descriptors(), before) << "a descriptor is left open";
  ::close(null_fd);
}

} // namespace
} // namespace shardbridge::detail
