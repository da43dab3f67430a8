// Goal: the role has one holder, and while something is outstanding it has one at all.
// Method: the transitions by hand; a thread that adds work and takes the role if it is free, against a holder that
// works, gives the role up and may take it back.
#include <asio_side/reply_role.hpp>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

TEST(reply_role, has_one_holder) {
  reply_role role;
  EXPECT_TRUE(role.try_take());
  EXPECT_FALSE(role.try_take());
}

TEST(reply_role, stays_while_something_is_outstanding) {
  reply_role role;
  ASSERT_TRUE(role.try_take());
  EXPECT_FALSE(role.give_up_unless([] { return true; }));
  EXPECT_FALSE(role.try_take());
}

TEST(reply_role, is_given_up_when_nothing_is) {
  reply_role role;
  ASSERT_TRUE(role.try_take());
  EXPECT_TRUE(role.give_up_unless([] { return false; }));
  EXPECT_TRUE(role.try_take());
}

TEST(reply_role, comes_back_if_work_came_meanwhile) {
  reply_role role;
  ASSERT_TRUE(role.try_take());
  int asked = 0;
  EXPECT_FALSE(role.give_up_unless([&] { return ++asked == 2; }));
  EXPECT_FALSE(role.try_take()) << "the caller holds it again";
}

TEST(reply_role, is_left_to_whoever_took_it_meanwhile) {
  reply_role role;
  ASSERT_TRUE(role.try_take());
  int asked = 0;
  EXPECT_TRUE(role.give_up_unless([&] {
    if (++asked == 1) return false;
    EXPECT_TRUE(role.try_take());
    return true;
  }));
}

TEST(reply_role, is_never_free_while_work_is_outstanding) {
  constexpr int total = 30000;
  reply_role role;
  std::atomic<int> outstanding{0};
  std::atomic<int> holders{0};
  std::atomic<int> done{0};
  std::atomic<bool> two{false};

  // As bridge_core does: work until nothing is outstanding, then try to give the role up.
  const auto hold = [&] {
    do {
      if (holders.fetch_add(1) != 0) two = true;
      while (outstanding.load() > 0) {
        outstanding.fetch_sub(1);
        done.fetch_add(1);
      }
      holders.fetch_sub(1);
    } while (!role.give_up_unless([&] { return outstanding.load() > 0; }));
  };
  const auto produce = [&] {
    for (int each = 0; each < total; ++each) {
      outstanding.fetch_add(1);
      if (role.try_take()) hold();
    }
  };
  std::thread other(produce);
  produce();
  other.join();
  EXPECT_FALSE(two);
  EXPECT_EQ(outstanding, 0) << "work was left to nobody";
  EXPECT_EQ(done, 2 * total);
}

} // namespace
} // namespace shardbridge::detail
