// Goal: a shard that sends messages wakes another one by its ring, and by the eventfd wherever that cannot be.
// Method: a detached sync was the last user of a file whose close is parked on the other shard.
#include "shard_loop_fixture.hpp"

#include <poll.h>

namespace shardbridge::detail {
namespace {

using messages = std::vector<fake_driver::message>;

class word_to_another_shard : public shard_loop_test {
 public:
  explicit word_to_another_shard(shard_wake strategy) : shard_loop_test(with(strategy)) {
    sync.file = &*regular;
    close.joined = far.get();
    close.shard_index = 1;
    ports[1].set_ring(77);
  }
  ~word_to_another_shard() override {
    std::array<lane_item, 2> items;
    EXPECT_EQ(far->requests.pop(items), 1U);
    EXPECT_EQ(items[0].what(), meaning::unparked);
  }
  static shard_group_options with(shard_wake strategy) {
    shard_group_options out = sleeping_at_once();
    out.shard_wake = strategy;
    return out;
  }

  /// The sync is answered, and the kernel still works on it; the close waits for that.
  void park_far_away() {
    take_and_let_expire(sync);
    turn();
    ASSERT_EQ(replies(), named{&sync});
    ASSERT_TRUE(regular->park(close));
  }
  void fall_asleep_far_away() {
    wake_word& word = ports[1].wake().word();
    ASSERT_EQ(word.try_arm(word.observe()), wake_word::armed::asleep);
  }
  void let_go() {
    kernel.complete(0, 0);
    ASSERT_TRUE(loop.turn());
  }
  bool event_is_written() {
    pollfd event{ports[1].wake().event().get(), POLLIN, 0};
    return ::poll(&event, 1, 0) > 0;
  }

  std::shared_ptr<connection> far = join(ports[1]);
  test_operation sync{op_code::sync_all};
  test_operation close{op_code::close};
};

class shard_loop_message : public word_to_another_shard {
 public:
  shard_loop_message() : word_to_another_shard(shard_wake::message) {}
};

class shard_loop_eventfd : public word_to_another_shard {
 public:
  shard_loop_eventfd() : word_to_another_shard(shard_wake::eventfd) {}
};

TEST_F(shard_loop_message, goes_to_the_ring_of_a_shard_that_sleeps) {
  park_far_away();
  fall_asleep_far_away();
  let_go();
  EXPECT_EQ(kernel.messages, (messages{{1, 77}}));
  EXPECT_FALSE(event_is_written());
  EXPECT_EQ(counters.messages.get(), 1U);
  EXPECT_EQ(ports[1].wake().wakes_sent(), 1U);
  turn();
  EXPECT_EQ(kernel.unsubmitted(), 0U);
}

TEST_F(shard_loop_message, is_spared_while_the_other_is_awake) {
  park_far_away();
  let_go();
  EXPECT_EQ(kernel.messages, messages{});
  EXPECT_FALSE(event_is_written());
}

TEST_F(shard_loop_message, is_an_eventfd_write_where_the_other_takes_none) {
  ports[1].set_ring(-1);
  park_far_away();
  fall_asleep_far_away();
  let_go();
  EXPECT_EQ(kernel.messages, messages{});
  EXPECT_TRUE(event_is_written());
}

TEST_F(shard_loop_message, is_an_eventfd_write_where_the_sq_has_no_room) {
  park_far_away();
  fall_asleep_far_away();
  kernel.refusals = 1;
  let_go();
  EXPECT_EQ(kernel.messages, messages{});
  EXPECT_TRUE(event_is_written());
}

TEST_F(shard_loop_message, is_made_good_by_an_eventfd_write_if_it_fails) {
  park_far_away();
  fall_asleep_far_away();
  let_go();
  EXPECT_FALSE(event_is_written());
  kernel.post_raw({{0, 1, cqe_kind::message}, -EBADFD});
  turn();
  EXPECT_TRUE(event_is_written());
}

TEST_F(shard_loop_message, is_submitted_before_the_loop_ends_and_may_fail_even_then) {
  park_far_away();
  fall_asleep_far_away();
  let_go();
  ASSERT_GT(kernel.unsubmitted(), 0U);
  kernel.on_enter = [&] { kernel.post_raw({{0, 1, cqe_kind::message}, -EBADFD}); };
  stop();
  EXPECT_EQ(kernel.unsubmitted(), 0U);
  EXPECT_TRUE(event_is_written());
}

TEST_F(shard_loop_message, that_has_come_is_no_operation_s_completion) {
  park_far_away();
  kernel.post_raw({{0, 0, cqe_kind::message}, 0});
  turn();
  EXPECT_EQ(replies(), named{});
  EXPECT_EQ(counters.in_flight.get(), 1U);
  let_go();
}

TEST_F(shard_loop_eventfd, is_written_though_the_other_has_a_ring) {
  park_far_away();
  fall_asleep_far_away();
  let_go();
  EXPECT_EQ(kernel.messages, messages{});
  EXPECT_TRUE(event_is_written());
}

} // namespace
} // namespace shardbridge::detail
