// Goal: functions that are posted from shards are called once each, in order, and never more are accepted than there is
// room for; who waits is served in turn. Method: see notifier_core_fixture.hpp.
#include "notifier_core_fixture.hpp"

#include <bridge/admission_word.hpp>

namespace shardbridge::detail {
namespace {

TEST_F(notifier_core_test, posts_without_waiting_while_there_is_room) {
  EXPECT_TRUE(start(1).ended);
  EXPECT_TRUE(start(2).ended);
  EXPECT_TRUE(called.empty()) << "never inside the post";
  EXPECT_EQ(core->posted(), 1) << "one drain for both";
  EXPECT_EQ(core->stats().outstanding, 2U);
  core->run();
  EXPECT_EQ(called, (numbers{1, 2}));
  EXPECT_EQ(core->posted(), 0);
  EXPECT_TRUE(start(3).ended);
  EXPECT_EQ(core->posted(), 1) << "a drain that is over is posted again";
  core->run();
  EXPECT_EQ(called, (numbers{1, 2, 3}));
  expect_even();
}

TEST_F(notifier_core_test, serves_those_who_wait_in_turn_and_over_all_shards) {
  start(1);
  start(2);
  const told& third = start(3, other);
  const told& fourth = start(4);
  EXPECT_FALSE(third.ended);
  EXPECT_FALSE(fourth.ended);
  EXPECT_EQ(core->stats().waiting, 2U);
  EXPECT_EQ(core->stats().outstanding, 2U);
  core->run();
  EXPECT_EQ(called, (numbers{1, 2, 3, 4}));
  EXPECT_FALSE(third.ended) << "on its shard alone";
  EXPECT_EQ(other.woken(), 1U);
  other.turn();
  shard.turn();
  EXPECT_TRUE(third.ended && !third.failed);
  EXPECT_TRUE(fourth.ended && !fourth.failed);
  expect_even();
}

TEST_F(notifier_core_test, room_is_reserved_for_who_waits_before_it_is_woken) {
  use({.capacity = 1, .max_waiters = 2});
  start(1);
  start(2);
  post(
      other, core,
      [this] {
        called.push_back(3);
        EXPECT_FALSE(try_post(0)) << "somebody waits, or has just been granted the room";
        EXPECT_EQ(core->stats().outstanding, 1U);
      },
      *posts.emplace_back(std::make_unique<told>()));
  other.turn();
  EXPECT_FALSE(try_post(0));
  core->run();
  EXPECT_EQ(called, (numbers{1, 2, 3}));
  shard.turn();
  other.turn();
  expect_even();
}

TEST_F(notifier_core_test, room_comes_back_when_the_function_is_gone) {
  use({.capacity = 1, .max_waiters = 0});
  struct last_words {
    notifier_core_test* test;
    last_words(notifier_core_test* of) : test(of) {}
    last_words(last_words&& from) noexcept : test(std::exchange(from.test, nullptr)) {}
    ~last_words() {
      if (test == nullptr) return;
      test->called.push_back(9);
      EXPECT_EQ(test->core->stats().outstanding, 1U);
    }
    void operator()() const { EXPECT_EQ(test->core->stats().outstanding, 1U); }
  };
  told out;
  post(shard, core, last_words(this), out);
  shard.turn();
  core->run();
  EXPECT_EQ(called, numbers{9});
  expect_even();
}

TEST_F(notifier_core_test, refuses_when_too_many_wait) {
  for (int each = 1; each <= 4; ++each)
    start(each);
  const told& refused = start(5);
  EXPECT_TRUE(refused.ended);
  EXPECT_EQ(refused.failed, errc::no_room);
  EXPECT_FALSE(try_post(6));
  EXPECT_EQ(core->stats().refused_no_room, 2U);
  core->run();
  EXPECT_EQ(called, (numbers{1, 2, 3, 4}));
  shard.turn();
  expect_even();
}

TEST_F(notifier_core_test, room_that_is_given_up_goes_to_who_waits) {
  use({.capacity = 1, .max_waiters = 1});
  ASSERT_TRUE(core->try_take_room());
  const told& waits = start(1);
  EXPECT_FALSE(waits.ended);
  core->give_up_room();
  EXPECT_EQ(core->posted(), 1);
  core->run();
  shard.turn();
  EXPECT_TRUE(waits.ended);
  EXPECT_EQ(called, numbers{1});
  expect_even();
}

TEST_F(notifier_core_test, functions_that_throw_are_over_and_the_others_are_called) {
  told out;
  post(
      shard, core, [] { throw std::runtime_error("the function's own"); }, out);
  shard.turn();
  start(2);
  const told& waits = start(3);
  EXPECT_THROW(core->run_one(), std::runtime_error);
  EXPECT_EQ(core->stats().called, 1U);
  EXPECT_EQ(core->stats().waiting, 0U) << "its room was given back";
  EXPECT_EQ(core->posted(), 1) << "the drain goes on";
  core->run();
  EXPECT_EQ(called, (numbers{2, 3}));
  shard.turn();
  EXPECT_TRUE(waits.ended);
  expect_even();
}

TEST_F(notifier_core_test, a_drain_ends_after_a_while_and_goes_on_as_another) {
  use({.capacity = 100});
  for (int each = 0; each < 3; ++each) {
    ASSERT_TRUE(core->try_take_room());
    core->use_room(make_notification([this, each] {
      called.push_back(each);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }));
  }
  core->run_one();
  EXPECT_EQ(called, numbers{0});
  EXPECT_EQ(core->posted(), 1);
  core->run_one();
  core->run_one();
  EXPECT_EQ(called, (numbers{0, 1, 2}));
  EXPECT_EQ(core->posted(), 0) << "with nothing left there is no other";
  expect_even();
}

TEST_F(notifier_core_test, functions_may_post_more) {
  use({.capacity = 2});
  ASSERT_TRUE(core->try_take_room());
  core->use_room(make_notification([this] {
    EXPECT_TRUE(try_post(1));
    EXPECT_FALSE(try_post(2)) << "the room of the one that runs is not back yet";
    EXPECT_EQ(core->posted(), 0) << "the drain that runs calls it";
  }));
  core->run_one();
  core->run();
  EXPECT_EQ(called, numbers{1});
  expect_even();
}

TEST_F(notifier_core_test, functions_need_only_be_movable) {
  told out;
  post(
      shard, core, [this, owned = std::make_unique<int>(7)] { called.push_back(*owned); }, out);
  shard.turn();
  core->run();
  EXPECT_EQ(called, numbers{7});
}

TEST_F(notifier_core_test, the_level_follows_what_is_outstanding) {
  use({.capacity = 10, .max_waiters = 0, .watermarks = {.throttled = {50, 30}, .suspended = {90, 70}}});
  const auto fill_to = [this](std::size_t count) {
    while (core->stats().outstanding < count)
      ASSERT_TRUE(try_post(0));
  };
  fill_to(4);
  EXPECT_EQ(core->level(), pressure_level::normal);
  fill_to(5);
  EXPECT_EQ(core->level(), pressure_level::throttled);
  fill_to(9);
  EXPECT_EQ(core->level(), pressure_level::suspended);
  core->run();
  EXPECT_EQ(core->level(), pressure_level::normal);
  EXPECT_EQ(core->stats().level_entered, (std::array<std::uint64_t, 3>{1, 2, 1}));
  expect_even();
}

// So many that threads take some in advance.
TEST_F(notifier_core_test, never_accepts_more_than_its_capacity) {
  constexpr int capacity = 1000;
  use({.capacity = capacity, .max_waiters = 500});
  for (int each = 0; each < capacity; ++each)
    EXPECT_TRUE(start(each).ended);
  EXPECT_EQ(core->stats().outstanding, std::uint64_t{capacity});
  EXPECT_FALSE(try_post(-1));
  for (int each = 0; each < 500; ++each)
    EXPECT_FALSE(start(capacity + each, each % 2 == 0 ? shard : other).ended);
  EXPECT_EQ(start(-1).failed, errc::no_room);
  EXPECT_EQ(core->stats().waiting, 500U);
  core->run();
  ASSERT_EQ(called.size(), 1500U);
  for (int each = 0; each < 1500; ++each)
    ASSERT_EQ(called[static_cast<std::size_t>(each)], each);
  shard.turn();
  other.turn();
  expect_even();
}

/// Of the exception; empty: there was none.
std::string sentence_about(const notifier_options& options) {
  try {
    std::make_shared<counting_notifier>(options);
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return {};
}

TEST(notifier_options, nonsense_is_named) {
  const auto expect_named = [](const std::string& name, const notifier_options& refused) {
    EXPECT_EQ(sentence_about(refused).rfind("notifier_options::" + name + " ", 0), 0U) << sentence_about(refused);
  };
  expect_named("capacity", {.capacity = 0});
  expect_named("capacity", {.capacity = admission_word::ops_limit + 1});
  expect_named("watermarks.throttled", {.watermarks = {.throttled = {50, 51}}});
  expect_named("watermarks.throttled", {.watermarks = {.throttled = {0, 0}}});
  expect_named("watermarks.suspended", {.watermarks = {.suspended = {101, 90}}});
  expect_named("watermarks.suspended", {.watermarks = {.throttled = {85, 75}, .suspended = {84, 75}}});
  EXPECT_EQ(sentence_about({.capacity = 1, .max_waiters = 0}), "");
  EXPECT_EQ(sentence_about({.capacity = admission_word::ops_limit, .max_waiters = SIZE_MAX}), "");
}

} // namespace
} // namespace shardbridge::detail
