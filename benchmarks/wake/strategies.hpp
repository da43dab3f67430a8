#pragma once

#include "look_again.hpp"
#include "ping_pong.hpp"
#include "strategy.hpp"

namespace shardbridge::bench {

template <sleeper Sleeper>
wake_round play_plain(const round_setting& setting) {
  return ping_pong<Sleeper>(setting).play();
}

template <sleeper Sleeper>
wake_round play_looking(const round_setting& setting) {
  return ping_pong<look_again<Sleeper>>(setting).play(setting.patience);
}

strategy spin_strategy();
strategy futex_strategy();
strategy eventfd_read_strategy();
strategy eventfd_epoll_strategy();
strategy eventfd_poll_strategy();
strategy uring_read_strategy();
strategy msg_ring_strategy();
strategy asio_post_strategy();
strategy asio_descriptor_strategy();

} // namespace shardbridge::bench
