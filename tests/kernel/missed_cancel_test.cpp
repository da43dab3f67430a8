// Goal: a cancel can miss a read that waits for a pipe, say ENOENT, and leave it waiting; a later one finds it.
// Method: more reads of one pipe than there are bytes, so that each is tried many times in vain, cancelled meanwhile.
//
// Seen on 6.18: a hundred times a second on a `deferred` ring, with 30 reads and on a `plain` one never.
#include "ring_test.hpp"

#include <array>
#include <atomic>
#include <thread>

#include <poll.h>

namespace kernel_tests {
namespace {

class missed_cancel : public ring_test {
 protected:
  static constexpr unsigned reads = 120;

  /// user_data of read and cancel.
  static std::uint64_t name(unsigned read) { return 2 * read; }
  static std::uint64_t cancel_of(unsigned read) { return 2 * read + 1; }

  void cancel(ring& r, unsigned read) {
    said[read] = 0;
    r.stage(cancel_of(read), [=](io_uring_sqe* sqe) { io_uring_prep_cancel64(sqe, name(read), 0); });
  }
  /// What has come. What has ended is no longer `waiting`.
  void take(ring& r) {
    for (unsigned ready = r.ready_after_entering(); ready > 0; --ready) {
      const completion got = r.reap(1).at(0);
      const auto of = static_cast<std::size_t>(got.user_data / 2);
      if (got.user_data % 2 == 0)
        waiting[of] = false;
      else
        said[of] = got.res;
    }
  }
  /// Until nothing waits, or nothing has come for a while.
  void take_all(ring& r) {
    for (auto quiet = std::chrono::steady_clock::now() + 20ms;
         left() > 0 && std::chrono::steady_clock::now() < quiet;) {
      const unsigned before = left();
      take(r);
      if (left() < before) quiet = std::chrono::steady_clock::now() + 20ms;
    }
  }
  unsigned left() const { return static_cast<unsigned>(std::ranges::count(waiting, true)); }

  std::vector<bool> waiting = std::vector<bool>(reads);
  std::vector<int> said = std::vector<int>(reads); ///< by the last cancel; 0: that it has found it, or nothing yet
};

TEST_P(missed_cancel, leaves_a_read_waiting_for_a_later_one) {
  const pipe_pair pipe;
  ring r({.kind = GetParam(), .entries = 256});
  std::array<unsigned, 2> workers{16, 16};
  ASSERT_EQ(io_uring_register_iowq_max_workers(r.native(), workers.data()), 0);
  std::vector<char> bytes(reads);
  unsigned missed = 0;
  for (const auto end = std::chrono::steady_clock::now() + 1s; std::chrono::steady_clock::now() < end;) {
    std::atomic<bool> writing = true;
    const std::jthread writer([&] {
      for (int each = std::rand() % 600; each > 0; --each)
        pipe.write("x");
      writing = false;
    });
    do {
      for (unsigned each = 0; each < reads; ++each) {
        if (waiting[each]) continue;
        r.stage(name(each), read_into(pipe.reader, &bytes[each], 1));
        waiting[each] = true;
      }
      r.submit();
      take(r);
    } while (writing && std::rand() % 8 != 0);
    for (unsigned each = 0; each < reads; ++each)
      if (waiting[each]) cancel(r, each);
    r.submit();
    while (writing)
      take(r);
    for (take_all(r); left() > 0; take_all(r)) {
      for (unsigned each = 0; each < reads; ++each) {
        // Found, or not looked for yet: it ends, or is told of, later.
        if (!waiting[each] || said[each] == 0) continue;
        ASSERT_TRUE(said[each] == -ENOENT || said[each] == -EALREADY) << said[each];
        ++missed;
        cancel(r, each);
      }
      r.submit();
      ASSERT_LT(std::chrono::steady_clock::now(), end + 10s) << left() << " reads cannot be cancelled";
    }
    for (pollfd readable{pipe.reader, POLLIN, 0}; ::poll(&readable, 1, 0) > 0;)
      ASSERT_GT(::read(pipe.reader, bytes.data(), bytes.size()), 0);
  }
  RecordProperty("missed", static_cast<int>(missed));
}

ON_BOTH_RINGS(missed_cancel);

} // namespace
} // namespace kernel_tests
