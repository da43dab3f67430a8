#include "strategies.hpp"

#include <algorithm>

namespace shardbridge::bench {

const std::vector<strategy>& all_strategies() {
  static const std::vector all{spin_strategy(),          futex_strategy(),        eventfd_read_strategy(),
                               eventfd_epoll_strategy(), eventfd_poll_strategy(), uring_read_strategy(),
                               msg_ring_strategy(),      asio_post_strategy(),    asio_descriptor_strategy()};
  return all;
}

const strategy* find_strategy(const std::string& name) {
  const auto found = std::ranges::find(all_strategies(), name, &strategy::name);
  return found == all_strategies().end() ? nullptr : &*found;
}

} // namespace shardbridge::bench
