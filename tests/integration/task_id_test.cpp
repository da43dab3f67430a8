// Goal: tasks of a real group are named and aborted by their ids, those of calls too. Method: ids that are brought back
// to the test, and used in later calls, on the right shard and on another.
#include "support/answer.hpp"

#include <semaphore>
#include <sstream>

namespace shardbridge::tests {
namespace {

/// A line for each task that waits.
std::string waits_of(const shard& self) {
  std::ostringstream out;
  self.for_each_task([&](const shardbridge::task_info& each) {
    if (each.waits_for != nullptr) out << each.id << ' ' << each.waits_for << '\n';
  });
  return out.str();
}

class task_ids : public testing::Test {
 protected:
  template <class Function>
  auto call(std::size_t index, Function function) {
    answer<std::invoke_result_t<Function, shard&>> out;
    async_call(all.link, index, std::move(function), out.handler());
    EXPECT_TRUE(all.run_until([&] { return out.calls == 1; }));
    return std::move(out.value);
  }
  /// A call that waits for ever.
  void begin_call(std::size_t index) {
    async_call(
        all.link, index,
        [this](shard& on) -> task<> {
          id = on.current_task();
          begun.release();
          co_await on.sleep_for(no_timeout);
        },
        ended.handler());
    begun.acquire();
  }

  service all{{.shards = 2}};
  answer<void> ended;
  task_id id;
  std::binary_semaphore begun{0};
};

TEST_F(task_ids, abort_calls_of_bridges_on_their_shard_alone) {
  begin_call(1);
  EXPECT_EQ(id.shard(), 1U);
  EXPECT_FALSE(call(0, [this](shard& on) { return on.abort(id); })) << "not its shard";
  EXPECT_EQ(ended.calls, 0);
  EXPECT_EQ(call(1, waits_of), (std::ostringstream() << id << " sleep\n").str());
  EXPECT_TRUE(call(1, [this](shard& on) { return on.abort(id); }));
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(ended.failure), asio::error::operation_aborted);
  EXPECT_FALSE(call(1, [this](shard& on) { return on.abort(id); })) << "it has ended";
  EXPECT_EQ(call(1, [](shard& on) { return on.tasks(); }), 0U);
}

TEST_F(task_ids, of_calls_between_shards_are_those_of_the_shard_where_they_run) {
  std::pair<task_id, task_id> both;
  answer<void> over;
  async_call(
      all.link, 0,
      [&both](shard& on) -> task<> {
        both.first = on.current_task();
        const auto there = [](shard& other) -> task<task_id> {
          co_await other.yield();
          co_return other.current_task();
        };
        both.second = co_await on.call(1, there);
      },
      over.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_FALSE(over.failure);
  EXPECT_EQ(both.first.shard(), 0U);
  EXPECT_EQ(both.second.shard(), 1U);
  EXPECT_TRUE(both.first && both.second);
}

} // namespace
} // namespace shardbridge::tests
