// Goal: with O_DIRECT a misaligned offset or length is refused with -EINVAL, and nothing is read; an aligned read that
// reaches behind the end of the file is short, not an error.
// Method: reads of a loop device, whose block size is known to be 512 bytes, and of an ordinary file with an odd size.
//
// Seen on 6.18: as above, on both kinds of ring, and on ext4 for the file.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

class direct_read_alignment : public ring_test {
 protected:
  completions read_once(int file, void* to, std::size_t size, std::uint64_t offset) {
    ring r({.kind = GetParam()});
    r.stage(op, read_into(file, to, size, offset));
    EXPECT_EQ(r.submit(), 1);
    return r.reap(1);
  }

  aligned_buffer buffer{16384};
};

TEST_P(direct_read_alignment, misaligned_reads_are_refused) {
  NEED_THROTTLE(); // for the device; its throttle is not used
  const throttled_device device;
  EXPECT_EQ(read_once(device.descriptor(), buffer.bytes(), 4096, 1), (completions{cqe(op, -EINVAL)})) << "offset";
  EXPECT_EQ(read_once(device.descriptor(), buffer.bytes(), 100, 0), (completions{cqe(op, -EINVAL)})) << "length";
  EXPECT_EQ(read_once(device.descriptor(), buffer.bytes() + 1, 4096, 0), (completions{cqe(op, -EINVAL)})) << "memory";
  EXPECT_EQ(buffer.text(buffer.size()), std::string(buffer.size(), static_cast<char>(aligned_buffer::untouched)));
  EXPECT_EQ(read_once(device.descriptor(), buffer.bytes(), 4096, 512), (completions{cqe(op, 4096)})) << "aligned";
}

TEST_P(direct_read_alignment, read_across_the_end_of_a_device_is_short) {
  NEED_THROTTLE();
  const throttled_device device;
  EXPECT_EQ(read_once(device.descriptor(), buffer.bytes(), 8192, throttled_device::size - 4096),
            (completions{cqe(op, 4096)}));
  EXPECT_EQ(read_once(device.descriptor(), buffer.bytes(), 4096, throttled_device::size), (completions{cqe(op, 0)}));
}

TEST_P(direct_read_alignment, read_across_the_end_of_a_file_is_short) {
  const temporary_folder folder;
  const std::string path = folder.make_file("file", 5000);
  const int opened = ::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
  if (opened < 0) GTEST_SKIP() << "the temporary folder's file system has no O_DIRECT";
  const descriptor file(opened);
  EXPECT_EQ(read_once(file, buffer.bytes(), 8192, 0), (completions{cqe(op, 5000)}));
  EXPECT_EQ(buffer.text(5000), make_pattern(5000));
  EXPECT_EQ(read_once(file, buffer.bytes(), 8192, 4096), (completions{cqe(op, 904)}));
  EXPECT_EQ(read_once(file, buffer.bytes(), 8192, 8192), (completions{cqe(op, 0)}));
}

ON_BOTH_RINGS(direct_read_alignment);

} // namespace
} // namespace kernel_tests
