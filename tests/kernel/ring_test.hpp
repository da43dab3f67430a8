// Goal: what every test of this folder starts from: a ring of each kind, and reasons to skip.
// Method: a parametrised GoogleTest fixture that probes in SetUp; optional parts are asked for by `NEED_*`, which skip
// the test with the probe's sentence.
#pragma once

#include "fuse_fixture.hpp"
#include "ring.hpp"
#include "temporary_folder.hpp"
#include "throttled_device.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace kernel_tests {

using namespace std::chrono_literals;
using completions = std::vector<completion>;

// GTEST_SKIP leaves only the function it stands in, so these are macros.
#define NEED(probe)                                                                                                    \
  if (const std::string reason = (probe); !reason.empty()) GTEST_SKIP() << reason
#define NEED_FUSE() NEED(shardbridge::fixtures::fuse_fixture::why_unavailable())
#define NEED_THROTTLE() NEED(shardbridge::fixtures::throttled_device::why_unavailable())

class ring_test : public testing::TestWithParam<ring_kind> {
 protected:
  void SetUp() override { NEED(ring::why_unavailable(GetParam())); }
};

/// One instance of `suite` for each kind of ring.
#define ON_BOTH_RINGS(suite)                                                                                           \
  INSTANTIATE_TEST_SUITE_P(rings, suite, testing::Values(ring_kind::plain, ring_kind::deferred),                       \
                           testing::PrintToStringParamName())

/// A descriptor closed with its scope.
class descriptor {
 public:
  explicit descriptor(int value) : value_(value) { EXPECT_GE(value, 0) << "cannot open what the test needs"; }
  ~descriptor() { close(); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  operator int() const { return value_; }
  int release() { return std::exchange(value_, -1); }
  void close() {
    if (value_ >= 0) ::close(release());
  }

 private:
  int value_;
};

/// A pipe; what nobody writes to blocks its reader for ever.
struct pipe_pair {
  pipe_pair() : pipe_pair(make()) {}
  void write(const std::string& text) const {
    EXPECT_EQ(::write(writer, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  descriptor reader;
  descriptor writer;

 private:
  struct ends {
    int fds[2];
  };
  static ends make() {
    ends result{{-1, -1}};
    EXPECT_EQ(::pipe2(result.fds, O_CLOEXEC), 0);
    return result;
  }
  explicit pipe_pair(ends made) : reader(made.fds[0]), writer(made.fds[1]) {}
};

/// Memory aligned for direct reads, filled with a byte no pattern has.
class aligned_buffer {
 public:
  static constexpr unsigned char untouched = 0xff;

  explicit aligned_buffer(std::size_t size) : size_(size), data_(::aligned_alloc(4096, size)) {
    std::fill_n(bytes(), size, untouched);
  }
  ~aligned_buffer() { ::free(data_); }
  aligned_buffer(const aligned_buffer&) = delete;
  aligned_buffer& operator=(const aligned_buffer&) = delete;

  unsigned char* bytes() { return static_cast<unsigned char*>(data_); }
  std::size_t size() const { return size_; }
  std::string text(std::size_t count) { return {reinterpret_cast<const char*>(data_), count}; }

 private:
  std::size_t size_;
  void* data_;
};

inline auto read_into(int file, void* to, std::size_t size, std::uint64_t offset = 0) {
  return [=](io_uring_sqe* sqe) { io_uring_prep_read(sqe, file, to, static_cast<unsigned>(size), offset); };
}

} // namespace kernel_tests
