#pragma once

#include "task_waits_fixture.hpp"

#include <shardbridge/channel.hpp>

#include <optional>
#include <string>
#include <utility>

namespace shardbridge::detail {

class channel_test : public task_waits {
 public:
  using task_waits::task_waits;

  void make(std::size_t capacity) {
    call([&](shard& on) { on_test.emplace(on, capacity); });
  }
  task<> sends(channel<int>& to, int value) {
    std::string came = " sent";
    try {
      co_await to.send(value);
    } catch (const boost::system::system_error& thrown) {
      came = " " + name_of(thrown);
    }
    seen.push_back(std::to_string(value) + came);
  }
  task<> receives(channel<int>& from, std::string who = "") {
    try {
      const std::optional<int> got = co_await from.receive();
      who += got ? "got " + std::to_string(*got) : "got none";
    } catch (const boost::system::system_error& thrown) {
      who += name_of(thrown);
    }
    seen.push_back(std::move(who));
  }
  std::size_t send(int value) {
    return start([&](shard&) { return sends(*on_test, value); });
  }
  std::size_t receive() {
    return start([&](shard&) { return receives(*on_test); });
  }

  std::optional<channel<int>> on_test;
};

} // namespace shardbridge::detail
