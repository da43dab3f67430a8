// Goal: whatever shards, tasks and foreign threads post at once, each function is called once, one at a time, in the
// order of its task, its thread and its shard, and nobody who waits is forgotten, however fast or slow the executor.
// Method: every function carries its number of the task and of the shard, and checks it against the last one called.
#include "stress.hpp"

#include <array>
#include <deque>

namespace shardbridge::tests {
namespace {

constexpr std::size_t shards = 2;
constexpr std::size_t tasks_a_shard = 3;

struct traffic {
  notifier_options limits;
  std::uint64_t slow_one_in; ///< of the functions, one in so many sleeps; 0: none
};

/// Numbers of one producer: given on its thread, seen on the executor.
struct sequence {
  std::uint64_t given = 0;
  std::uint64_t seen = 0;

  [[nodiscard]] std::uint64_t next() noexcept { return ++given; }
  /// False: it is not the one that comes next.
  [[nodiscard]] bool see(std::uint64_t number) noexcept { return std::exchange(seen, number) + 1 == number; }
};

class producers {
 public:
  producers(asio::thread_pool& pool, const traffic& wanted, std::uint64_t seed)
      : wanted_(wanted), seed_(seed), note_(pool, wanted.limits) {}

  /// Numbered when it is made, which is when it is posted.
  auto function(sequence& of_task, sequence& of_shard, bool slow) {
    return [this, &of_task, &of_shard, slow, number = of_task.next(), of_all = of_shard.next()] {
      overlaps_ += inside_.fetch_add(1);
      expect(of_task.see(number));
      expect(of_shard.see(of_all));
      if (slow) std::this_thread::sleep_for(200us);
      --inside_;
    };
  }
  task<> post_from(shard& self, std::uint64_t number) {
    dice chance(seed_ + number);
    sequence& of_task = tasks_.at(number);
    sequence& of_shard = shards_.at(self.index());
    while (std::chrono::steady_clock::now() < end_) {
      const bool slow = wanted_.slow_one_in > 0 && chance.one_in(wanted_.slow_one_in);
      co_await note_.post(self, function(of_task, of_shard, slow));
      if (chance.one_in(4)) co_await self.yield();
    }
  }
  void post_from_thread() {
    sequence& own = thread_;
    while (std::chrono::steady_clock::now() < end_) {
      const std::uint64_t number = own.given + 1;
      if (note_.try_post([this, &own, number] { expect(own.see(number)); }))
        own.given = number;
      else
        std::this_thread::yield();
    }
  }

  void expect_even() {
    const notifier_stats last = note_.stats();
    EXPECT_EQ(last.accepted, last.called);
    EXPECT_EQ(last.outstanding, 0U);
    EXPECT_EQ(last.waiting, 0U);
    EXPECT_EQ(last.level, pressure_level::normal);
    EXPECT_EQ(disorder_, 0U);
    EXPECT_EQ(overlaps_, 0U);
    std::uint64_t of_tasks = thread_.given;
    for (const sequence& each : tasks_) {
      EXPECT_EQ(each.seen, each.given);
      of_tasks += each.given;
    }
    EXPECT_EQ(of_tasks, last.called);
    EXPECT_GT(of_tasks, 0U);
  }

  [[nodiscard]] notifier& note() noexcept { return note_; }

 private:
  void expect(bool in_order) noexcept { disorder_ += in_order ? 0 : 1; }

  const traffic wanted_;
  const std::uint64_t seed_;
  const std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + stress_length / 2;
  std::array<sequence, shards * tasks_a_shard> tasks_;
  std::array<sequence, shards> shards_;
  sequence thread_;
  std::atomic<std::uint64_t> inside_ = 0;
  std::uint64_t overlaps_ = 0; // unguarded: called one at a time
  std::uint64_t disorder_ = 0;
  notifier note_;
};

void contend(const traffic& wanted) {
  balance ended;
  std::atomic<std::uint64_t> too_many = 0;
  asio::thread_pool pool(2);
  shard_group group({.shards = shards});
  bridge link(pool, group);
  producers all(pool, wanted, seed());
  std::atomic<bool> over = false;
  std::jthread watcher([&] {
    while (!over) {
      const notifier_stats seen = all.note().stats();
      if (seen.outstanding > wanted.limits.capacity || seen.waiting > shards * tasks_a_shard ||
          seen.called > seen.accepted)
        ++too_many;
    }
  });
  std::jthread foreign([&all] { all.post_from_thread(); });
  for (std::uint64_t each = 0; each < shards * tasks_a_shard; ++each)
    async_call(
        link, each % shards, [&all, each](shard& self) { return all.post_from(self, each); },
        [told = ended.handler()](const std::exception_ptr& failed) mutable {
          told(failed ? error_code(errc::shard_failed) : error_code());
        });
  foreign.join();
  pool.join();
  over = true;
  watcher.join();
  ended.expect_even();
  EXPECT_EQ(too_many, 0U);
  all.expect_even();
}

TEST(notifier_under_stress, with_room_for_one) {
  contend({.limits = {.capacity = 1}, .slow_one_in = 0});
}
TEST(notifier_under_stress, with_room_for_few) {
  contend({.limits = {.capacity = 4}, .slow_one_in = 50});
}
TEST(notifier_under_stress, with_room_for_many) {
  contend({.limits = {.capacity = 4096}, .slow_one_in = 0});
}
TEST(notifier_under_stress, on_a_slow_executor) {
  contend({.limits = {.capacity = 100}, .slow_one_in = 2});
}

// Whoever goes first: those who wait, and what is posted, go with it.
TEST(notifier_under_stress, notifiers_groups_and_contexts_are_destroyed_under_load) {
  const std::uint64_t first = seed();
  dice chance(first);
  const auto alive = std::make_shared<int>();
  for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
    std::atomic<int> called = 0;
    asio::io_context home;
    auto pool = std::make_unique<asio::thread_pool>(1);
    auto group = std::make_unique<shard_group>(shard_group_options{.shards = shards});
    bridge link(home, *group);
    notifier note(*pool, {.capacity = 1 + chance.roll(8), .max_waiters = 4});
    int ended = 0;
    for (std::size_t each = 0; each < 4; ++each)
      async_call(
          link, each % shards,
          [&note, &called, &alive](shard& self) -> task<> {
            for (;;) {
              auto function = [&called, kept = alive] { ++called; };
              co_await note.post(self, std::move(function));
              co_await self.yield();
            }
          },
          [&ended](const std::exception_ptr& failed) { ended += failed ? 1 : 0; });
    std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(500)));
    switch (chance.roll(3)) {
    case 0:
      note.close();
      break;
    case 1:
      pool.reset();
      break;
    default:
      group->stop();
      break;
    }
    home.run();
    EXPECT_EQ(ended, 4);
    if (pool) pool->join();
    const notifier_stats last = note.stats();
    EXPECT_EQ(last.called, static_cast<std::uint64_t>(called.load()));
    EXPECT_EQ(last.accepted, last.called + last.destroyed);
    EXPECT_EQ(last.outstanding + last.waiting, 0U);
    EXPECT_EQ(alive.use_count(), 1);
  }
}

} // namespace
} // namespace shardbridge::tests
