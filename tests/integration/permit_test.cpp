// Goal: room can be taken before there is an operation for it, and it comes back whatever becomes of it. Method:
// permits used, dropped and forgotten around reads that never end.
#include "support/stuck_reads.hpp"

#include <optional>

namespace shardbridge::tests {
namespace {

class permits : public testing::Test {
 protected:
  /// A read of one byte.
  outcome& read(permit& with) { return read({.permit = &with}); }
  outcome& read(const op_options& options) {
    file->async_read_some_at(0, asio::buffer(buffer), options, outcomes.emplace_back().handler());
    return outcomes.back();
  }
  void use(const bridge_options& limits) {
    all.emplace(shard_group_options{}, limits);
    file.emplace(all->link, folder.make_file("file", 10), open_flags::read_only);
  }

  const fixtures::temporary_folder folder;
  std::string buffer = std::string(1, '\0');
  std::deque<outcome> outcomes;
  std::optional<service> all;
  std::optional<random_access_file> file;
};

TEST_F(permits, admit_one_operation_each) {
  use({.max_ops = 2, .when_full = when_full::refuse});
  permit first = all->link.try_acquire(1);
  permit second = all->link.try_acquire(1);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_FALSE(all->link.try_acquire(1));
  EXPECT_EQ(all->link.stats().refused_no_room, 1U);
  const outcome& without = read(op_options{});
  const outcome& with = read(first);
  EXPECT_FALSE(first) << "it is used up";
  const outcome& again = read(first);
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(with.succeeded()) << with;
  EXPECT_TRUE(without.failed_with(errc::no_room)) << without;
  EXPECT_TRUE(again.failed_with(errc::no_room)) << again;
  EXPECT_EQ(all->link.stats().ops, 1U) << "the second";
  second = permit();
  expect_balanced(all->link.stats());
}

TEST_F(permits, are_taken_while_there_is_room_and_nobody_waits) {
  use({.max_bytes = 100});
  stuck_reads stuck(all->link);
  stuck.start({}, 60);
  EXPECT_FALSE(all->link.try_acquire(101)) << "too large for ever";
  EXPECT_FALSE(all->link.try_acquire(41));
  stuck.start({}, 50);
  EXPECT_FALSE(all->link.try_acquire(1)) << "somebody waits";
  EXPECT_EQ(all->link.stats().refused_too_large, 1U);
  EXPECT_EQ(all->link.stats().refused_no_room, 2U);
  stuck.file.cancel();
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(all->link.try_acquire(100));
  all->link.stop();
  EXPECT_FALSE(all->link.try_acquire(1));
  EXPECT_EQ(all->link.stats().refused_stopped, 1U);
}

TEST_F(permits, do_not_keep_run_from_returning) {
  use({.max_ops = 3});
  const permit held = all->link.try_acquire(1);
  EXPECT_EQ(all->context.run(), 0U);
  const outcome& done = read(op_options{});
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(done.succeeded()) << done;
  EXPECT_EQ(all->link.stats().ops, 1U);
}

// It is initiated and not completed, so it is work, though the bridge has nothing but a permit out.
TEST_F(permits, keep_run_at_work_while_an_operation_waits_for_them) {
  use({.max_ops = 1});
  permit held = all->link.try_acquire(1);
  const outcome& waiting = read(op_options{});
  outcome calm;
  all->link.async_wait_level(pressure_level::normal, calm.handler());
  all->context.restart();
  all->context.run_for(300ms);
  EXPECT_FALSE(all->context.stopped());
  held = permit();
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(waiting.succeeded()) << waiting;
  EXPECT_TRUE(calm.succeeded()) << calm;
}

TEST_F(permits, that_are_dropped_let_others_in) {
  use({.max_ops = 1});
  std::optional<permit> held = all->link.try_acquire(1);
  const outcome& waiting = read({.timeout = 1h});
  EXPECT_EQ(all->link.stats().waiting, 1U);
  std::thread([&] { held.reset(); }).join();
  ASSERT_TRUE(all->finish()) << "the hour must not keep run() from returning";
  EXPECT_TRUE(waiting.succeeded()) << waiting;
  expect_balanced(all->link.stats());
}

TEST_F(permits, that_are_larger_than_the_operation_let_others_in) {
  use({.max_bytes = 100});
  permit held = all->link.try_acquire(100);
  const outcome& waiting = read({.timeout = 1h});
  EXPECT_EQ(all->link.stats().waiting, 1U);
  const outcome& with = read(held);
  EXPECT_EQ(all->link.stats().waiting, 0U);
  ASSERT_TRUE(all->finish()) << "the hour must not keep run() from returning";
  EXPECT_TRUE(with.succeeded()) << with;
  EXPECT_TRUE(waiting.succeeded()) << waiting;
}

TEST_F(permits, that_are_too_small_come_back) {
  use({.max_ops = 1, .when_full = when_full::refuse});
  permit held = all->link.try_acquire(0);
  const outcome& done = read(held);
  EXPECT_FALSE(held);
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(done.succeeded()) << done << ": its own room was free again";
  expect_balanced(all->link.stats());
}

TEST_F(permits, of_another_bridge_are_given_back_there) {
  use({.max_ops = 1});
  bridge other(all->context, all->group);
  permit held = other.try_acquire(1);
  const outcome& done = read(held);
  EXPECT_FALSE(held);
  EXPECT_EQ(other.stats().ops, 0U);
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(done.succeeded()) << done;
  EXPECT_EQ(other.stats().accepted, 0U);
}

TEST_F(permits, are_not_for_waits_for_a_level) {
  use({.max_ops = 3});
  stuck_reads stuck(all->link);
  stuck.start();
  stuck.start();
  permit held = all->link.try_acquire(0);
  outcome calm;
  all->link.async_wait_level(pressure_level::normal, {.permit = &held}, calm.handler());
  ASSERT_TRUE(all->run_until([&] { return calm.calls > 0; }));
  EXPECT_TRUE(calm.succeeded()) << calm;
  EXPECT_EQ(all->link.level(), pressure_level::normal) << "since the permit came back";
  stuck.file.cancel();
  ASSERT_TRUE(all->finish());
  EXPECT_EQ(all->link.stats().accepted, 2U);
}

TEST_F(permits, reach_operations_through_the_token) {
  use({.max_ops = 1, .when_full = when_full::refuse});
  permit held = all->link.try_acquire(1);
  outcome done;
  file->async_read_some_at(0, asio::buffer(buffer), with_options({.permit = &held}, done.handler()));
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(done.succeeded()) << done;
}

TEST_F(permits, can_be_used_after_stop) {
  use({.max_ops = 1});
  permit held = all->link.try_acquire(1);
  all->link.stop();
  const outcome& done = read(held);
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(done.succeeded()) << done;
}

TEST_F(permits, outlive_bridge_files_context_and_group) {
  use({.max_ops = 2});
  std::optional<permit> held = all->link.try_acquire(1);
  permit also = all->link.try_acquire(1);
  file.reset();
  all.reset();
  std::thread([&] { held.reset(); }).join();
  EXPECT_TRUE(also);
}

TEST_F(permits, outlive_the_context_alone) {
  auto context = std::make_unique<asio::io_context>();
  shard_group group;
  bridge link(*context, group, {.max_ops = 3});
  stuck_reads stuck(link);
  permit held = link.try_acquire(1);
  stuck.start();
  context.reset(); // waits for the read and not for the permit
  EXPECT_EQ(link.stats().ops, 1U);
  held = permit();
  EXPECT_EQ(link.stats().ops, 0U);
}

} // namespace
} // namespace shardbridge::tests
