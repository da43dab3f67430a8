// A driver of either kind under test, driven as a shard drives it: one slot an operation, named by a number.
#pragma once

#include <shard_side/pool_driver.hpp>
#include <shard_side/uring_driver.hpp>

#include <bridge/clock.hpp>
#include <bridge/event_fd.hpp>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace shardbridge::detail {

enum class driver_kind { io_uring, thread_pool };

/// Closes what it owns.
class fd_owner {
 public:
  fd_owner(int fd = -1) noexcept : fd_(fd) {}
  fd_owner(fd_owner&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  fd_owner& operator=(fd_owner&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~fd_owner() { close(); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  operator int() const noexcept { return fd_; }

 private:
  int fd_;
};

struct pipe_ends {
  pipe_ends() {
    int both[2];
    EXPECT_EQ(::pipe2(both, O_CLOEXEC), 0);
    reader = fd_owner(both[0]);
    writer = fd_owner(both[1]);
  }
  void write(const std::string& text) const {
    EXPECT_EQ(::write(writer, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  fd_owner reader, writer;
};

struct socket_pair {
  explicit socket_pair(int type = SOCK_STREAM) {
    int both[2];
    EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, both), 0);
    ours = fd_owner(both[0]);
    theirs = fd_owner(both[1]);
  }
  void they_send(const std::string& text) const {
    EXPECT_EQ(::send(theirs, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// Until so many bytes have come, or the other end is closed.
  std::string they_receive(std::size_t most) const {
    std::string all(most, '\0');
    std::size_t got = 0;
    while (got < most) {
      const ssize_t now = ::recv(theirs, &all[got], most - got, 0);
      if (now <= 0) break;
      got += static_cast<std::size_t>(now);
    }
    all.resize(got);
    return all;
  }
  fd_owner ours, theirs;
};

class every_driver : public testing::TestWithParam<driver_kind> {
 protected:
  static constexpr unsigned entries = 16;
  static constexpr std::size_t buffer_bytes = 512;
  static constexpr std::int64_t patience = 20'000'000'000;

  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "shardbridge-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    make(4);
  }
  void TearDown() override {
    kernel.reset();
    std::filesystem::remove_all(folder);
  }

  void make(unsigned workers, std::uint16_t buffers = 4) {
    if (GetParam() == driver_kind::thread_pool) {
      kernel = std::make_unique<pool_driver>(
          pool_driver::setup{.entries = entries,
                             .receive_buffers = buffers,
                             .receive_buffer_bytes = buffer_bytes,
                             .workers = {.most = workers, .name = "tested-io", .cpus = {}}},
          wake);
      return;
    }
    try {
      kernel = std::make_unique<uring_driver>(
          uring_driver::setup{.entries = entries, .receive_buffers = buffers, .receive_buffer_bytes = buffer_bytes},
          wake);
    } catch (const std::system_error& refused) {
      GTEST_SKIP() << refused.what();
    }
  }

  // What the shard does.

  void stage(std::uint32_t name, const submission& what) { ASSERT_TRUE(kernel->stage(token_of(name), what)); }
  void cancel(std::uint32_t name) { ASSERT_TRUE(kernel->stage_cancel(token_of(name))); }
  static token token_of(std::uint32_t name) { return {1, name, cqe_kind::operation}; }

  /// Enters without waiting; the completions that have come go to `came`.
  void take() {
    kernel->enter(driver::no_wait);
    reap();
  }
  /// Until there are so many that nobody has looked at, of that name and kind.
  bool wait_for(std::uint32_t name, std::size_t count = 1, cqe_kind kind = cqe_kind::operation) {
    for (const std::int64_t end = steady_now() + patience; came[{name, kind}].size() < count;) {
      if (steady_now() > end) return false;
      kernel->enter(steady_now() + 1'000'000'000);
      reap();
    }
    return true;
  }
  completion next(std::uint32_t name, cqe_kind kind = cqe_kind::operation) {
    if (!wait_for(name, 1, kind)) {
      ADD_FAILURE() << "nothing comes for " << name;
      return {.which = {}, .result = INT32_MIN};
    }
    auto& all = came[{name, kind}];
    const completion first = all.front();
    all.erase(all.begin());
    return first;
  }
  /// The one completion of what is staged now.
  std::int32_t result_of(const submission& what, std::uint32_t name = 0) {
    stage(name, what);
    const completion got = next(name);
    EXPECT_FALSE(got.more);
    return got.result;
  }
  std::int32_t result(std::uint32_t name) { return next(name).result; }
  std::int32_t said_to_cancel(std::uint32_t name) { return next(name, cqe_kind::cancel).result; }
  std::size_t unseen(std::uint32_t name) { return came[{name, cqe_kind::operation}].size(); }

  /// It waits: nothing comes, though the driver has had the time.
  void expect_waits(std::uint32_t name) {
    kernel->enter(steady_now() + 50'000'000);
    reap();
    EXPECT_EQ(unseen(name), 0U);
  }
  /// The operation that waits is cancelled, and leaves nothing behind.
  void expect_cancelled(std::uint32_t name) {
    cancel(name);
    EXPECT_EQ(said_to_cancel(name), 0);
    EXPECT_EQ(result(name), -ECANCELED);
  }

  // Submissions.

  struct bytes {
    explicit bytes(std::size_t count) : memory(count, '\0'), part{memory.data(), count} {}
    explicit bytes(std::string text) : memory(std::move(text)), part{memory.data(), memory.size()} {}
    bytes(const bytes&) = delete;
    bytes& operator=(const bytes&) = delete;
    std::string memory;
    iovec part;
    msghdr message{};
  };
  static submission transfer(op_code code, int fd, bytes& with, std::uint64_t offset = UINT64_MAX) {
    submission what{.code = code};
    what.fd = fd;
    what.iovecs = &with.part;
    what.iovec_count = 1;
    what.offset = offset;
    what.length = with.part.iov_len;
    what.message = &with.message;
    return what;
  }
  static submission of_file(op_code code, int fd) {
    submission what{.code = code};
    what.fd = fd;
    what.regular = true;
    return what;
  }
  static submission poll_of(int fd, short events) {
    submission what{.code = op_code::poll};
    what.fd = fd;
    what.mode = events;
    return what;
  }

  fd_owner make_file(const std::string& name, const std::string& content = {}) const {
    fd_owner made(::open((folder / name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::write(made, content.data(), content.size()), static_cast<ssize_t>(content.size()));
    return made;
  }

  std::filesystem::path folder;
  event_fd wake;
  std::unique_ptr<driver> kernel;
  std::map<std::pair<std::uint32_t, cqe_kind>, std::vector<completion>> came;

 private:
  void reap() {
    std::vector<completion> some(8);
    while (const std::size_t count = kernel->reap(some))
      for (std::size_t each = 0; each < count; ++each)
        if (some[each].which.kind() != cqe_kind::wake)
          came[{some[each].which.index(), some[each].which.kind()}].push_back(some[each]);
  }
};

inline std::string name_of_kind(const testing::TestParamInfo<driver_kind>& tested) {
  return tested.param == driver_kind::io_uring ? "io_uring" : "thread_pool";
}
inline const auto both_drivers = testing::Values(driver_kind::io_uring, driver_kind::thread_pool);

} // namespace shardbridge::detail
