// Goal: closing a ring returns while a direct read is stuck at the device, and the kernel writes the buffer afterwards.
// This is why memory of an operation without a terminal completion is quarantined and never freed.
// Method: a read held by a throttled device; the ring is closed and the buffer watched.
//
// Seen on 6.18: as above, on both kinds of ring.
#include "ring_test.hpp"

#include <atomic>
#include <thread>

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

class ring_closed_during_read : public ring_test {};

TEST_P(ring_closed_during_read, buffer_is_written_after_the_close) {
  NEED_THROTTLE();
  constexpr std::size_t bytes = 256 << 10;
  throttled_device device;
  aligned_buffer buffer(bytes);
  device.stall_reads(bytes, 1000ms);
  {
    ring r({.kind = GetParam()});
    r.stage(op, read_into(device.descriptor(), buffer.bytes(), bytes));
    ASSERT_EQ(r.submit(), 1);
  }
  // The kernel writes behind the compiler's back.
  const std::atomic_ref<unsigned char> last(buffer.bytes()[bytes - 1]);
  EXPECT_EQ(last.load(), aligned_buffer::untouched) << "the close has waited for the device";
  for (const auto end = std::chrono::steady_clock::now() + 20s;
       last.load() == aligned_buffer::untouched && std::chrono::steady_clock::now() < end;)
    std::this_thread::sleep_for(5ms);
  EXPECT_EQ(last.load(), pattern_byte(bytes - 1)) << "the kernel has dropped the read";

  // One more read goes behind the first in the device's queue: nothing of it is left when this one is done.
  device.unthrottle();
  aligned_buffer other(4096);
  EXPECT_EQ(::pread(device.descriptor(), other.bytes(), 4096, 0), 4096);
  EXPECT_EQ(buffer.text(bytes), make_pattern(bytes));
}

ON_BOTH_RINGS(ring_closed_during_read);

} // namespace
} // namespace kernel_tests
