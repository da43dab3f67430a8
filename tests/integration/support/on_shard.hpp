// Goal: tests whose body is a task on a shard. Method: an async_call on a real group; what the task throws comes out.
#pragma once

#include "answer.hpp"

namespace shardbridge::tests {

/// An errno as the library reports it.
inline error_code system_error_of(int number) {
  return {number, boost::system::system_category()};
}

class on_shard : public testing::Test {
 protected:
  explicit on_shard(shard_group_options shards = {}) : all(std::move(shards)) {}

  /// Runs a task to its end; what it throws comes out here.
  template <class Function>
  void run(Function function) {
    answer<void> ended;
    async_call(all.link, 0, std::move(function), ended.handler());
    EXPECT_TRUE(all.finish());
    EXPECT_EQ(ended.calls, 1);
    if (ended.failure) std::rethrow_exception(ended.failure);
  }
  /// What a task that was started fails with.
  template <class Function>
  error_code failure_of(Function function) {
    try {
      run(std::move(function));
    } catch (const boost::system::system_error& failed) {
      return failed.code();
    }
    return {};
  }

  service all;
};

/// What an awaited thing that is no task throws.
template <class Awaited>
task<error_code> error_of(Awaited&& awaited) {
  try {
    static_cast<void>(co_await awaited);
  } catch (const boost::system::system_error& failed) {
    co_return failed.code();
  }
  co_return error_code();
}

} // namespace shardbridge::tests
