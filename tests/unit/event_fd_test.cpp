// Goal: signal() wakes whoever waits, even when the counter can take no more; a wake side writes once a sleep.
// Method: an edge-triggered epoll stands for the shard's multishot poll: it sees writes, not the counter's value.
#include <bridge/wake_pair.hpp>

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

bool readable(const event_fd& event) {
  pollfd wanted{event.get(), POLLIN, 0};
  return ::poll(&wanted, 1, 0) == 1;
}

class edge_waiter {
 public:
  explicit edge_waiter(const event_fd& event) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLET;
    EXPECT_EQ(::epoll_ctl(epoll_, EPOLL_CTL_ADD, event.get(), &wanted), 0);
  }
  ~edge_waiter() { ::close(epoll_); }
  edge_waiter(const edge_waiter&) = delete;
  edge_waiter& operator=(const edge_waiter&) = delete;

  [[nodiscard]] bool woken() const {
    epoll_event got{};
    return ::epoll_wait(epoll_, &got, 1, 0) == 1;
  }

 private:
  int epoll_;
};

TEST(event_fd, is_readable_from_signal_to_drain) {
  event_fd event;
  EXPECT_FALSE(readable(event));
  event.drain();
  event.signal();
  event.signal();
  EXPECT_TRUE(readable(event));
  event.drain();
  EXPECT_FALSE(readable(event));
}

TEST(event_fd, does_not_block_and_is_not_inherited) {
  const event_fd event;
  EXPECT_NE(::fcntl(event.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(event.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(event_fd, wakes_at_every_signal_without_a_drain) {
  event_fd event;
  const edge_waiter waiter(event);
  for (int round = 0; round < 3; ++round) {
    EXPECT_FALSE(waiter.woken());
    event.signal();
    EXPECT_TRUE(waiter.woken());
  }
}

TEST(event_fd, wakes_although_the_counter_is_saturated) {
  event_fd event;
  const std::uint64_t most = UINT64_MAX - 1;
  ASSERT_EQ(::write(event.get(), &most, sizeof most), static_cast<ssize_t>(sizeof most));
  const edge_waiter waiter(event);
  ASSERT_TRUE(waiter.woken());
  ASSERT_FALSE(waiter.woken());
  event.signal();
  EXPECT_TRUE(waiter.woken());
  EXPECT_TRUE(readable(event));
}

TEST(wake_side, writes_once_for_each_sleep_and_counts) {
  wake_side side;
  const edge_waiter waiter(side.event());
  for (std::uint64_t round = 1; round <= 3; ++round) {
    EXPECT_TRUE(side.publish()) << "awake: nothing to write";
    EXPECT_FALSE(waiter.woken());
    ASSERT_EQ(side.word().try_arm(side.word().observe()), wake_word::armed::asleep);
    EXPECT_TRUE(side.publish());
    EXPECT_TRUE(side.publish());
    EXPECT_TRUE(waiter.woken());
    EXPECT_FALSE(waiter.woken());
    EXPECT_EQ(side.wakes_sent(), round);
  }
}

TEST(wake_side, tells_a_producer_that_it_is_closed) {
  wake_side side;
  ASSERT_EQ(side.word().try_arm(side.word().observe()), wake_word::armed::asleep);
  side.word().close();
  EXPECT_FALSE(side.publish());
  EXPECT_EQ(side.wakes_sent(), 0U);
  EXPECT_FALSE(readable(side.event()));
}

} // namespace
} // namespace shardbridge::detail
