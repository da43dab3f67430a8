// Goal: whatever bridges send, cancel and stop, and whatever the kernel answers, in whatever order, the invariants of
// the loop hold. Method: the random programs of the unit tests, decided by the fuzzer's bytes.
#include "fuzz.hpp"

#include <tests/unit/open_descriptors.hpp>
#include <tests/unit/random_loop.hpp>

#include <gtest/gtest.h>

namespace shardbridge::fuzz {
namespace {

/// Failures of the program's own checks end it, as those of sanitizers do.
class end_at_failure final : public testing::EmptyTestEventListener {
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::fprintf(stderr, "%s:%d: %s\n", result.file_name() != nullptr ? result.file_name() : "?", result.line_number(),
                 result.message());
    std::abort();
  }
};

int prepared() {
  testing::InitGoogleTest();
  testing::UnitTest::GetInstance()->listeners().Append(new end_at_failure);
  return ::open("/dev/null", O_RDWR | O_CLOEXEC);
}

} // namespace

void run(std::span<const std::uint8_t> bytes) {
  static const int null_fd = prepared();
  if (bytes.empty()) return;
  const std::size_t before = detail::open_descriptors();
  detail::random_loop(detail::dice(bytes.subspan(1)), null_fd, bytes[0] % 4 == 0).run();
  require(detail::open_descriptors() == before, "no descriptor is left open");
}

} // namespace shardbridge::fuzz
