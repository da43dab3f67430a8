// Goal: whatever tasks do with a semaphore, units are neither lost nor held twice, and nobody is overtaken. Method:
// random requests, releases and cancels, several in one turn, beside a model that is a queue and a number.
#include "seed.hpp"
#include "task_waits_fixture.hpp"

#include <shardbridge/semaphore.hpp>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>

namespace shardbridge::detail {
namespace {

struct semaphore_model {
  struct waiting {
    std::size_t who;
    std::size_t count;
  };

  void acquire(std::size_t who, std::size_t count) {
    queue.push_back({who, count});
    serve();
  }
  void release(std::size_t who) {
    available += holders.extract(who).mapped();
    serve();
  }
  void abort(std::size_t who) {
    if (std::erase_if(queue, [who](const waiting& each) { return each.who == who; }) > 0) aborted.insert(who);
    serve();
  }
  void serve() {
    for (; !queue.empty() && queue.front().count <= available; queue.pop_front()) {
      available -= queue.front().count;
      holders[queue.front().who] = queue.front().count;
    }
  }

  std::size_t available = 0;
  std::deque<waiting> queue;
  std::map<std::size_t, std::size_t> holders;
  std::set<std::size_t> aborted;
};

class semaphore_property : public task_waits {
 public:
  task<> acquires(semaphore& from, std::size_t who, std::size_t count) {
    try {
      held[who] = co_await from.acquire(count);
    } catch (const boost::system::system_error& thrown) {
      EXPECT_EQ(name_of(thrown), "aborted");
      aborted.insert(who);
    }
  }
  void expect_as(const semaphore_model& model, const semaphore& on_test) {
    EXPECT_EQ(on_test.available(), model.available);
    EXPECT_EQ(aborted, model.aborted);
    std::map<std::size_t, std::size_t> holders;
    for (const auto& [who, units] : held)
      holders[who] = units.count();
    EXPECT_EQ(holders, model.holders);
  }
  task<> run(shard& on, std::uint64_t seed) {
    dice random(seed);
    const std::size_t total = 1 + random.roll(6);
    semaphore_model model;
    model.available = total;
    semaphore on_test(on, total);
    for (int step = 0; step < 200; ++step) {
      for (std::size_t each = random.roll(3); each > 0; --each) {
        const std::size_t count = random.roll(total + 1);
        model.acquire(tasks.size(), count);
        tasks.push_back(on.spawn(acquires(on_test, tasks.size(), count)));
      }
      co_await on.yield(); // they have begun, in order
      for (std::size_t each = random.roll(4); each > 0; --each)
        act(on_test, model, random);
      EXPECT_EQ(on_test.available(), model.available);
      co_await on.yield(); // who was told has noted it
      expect_as(model, on_test);
      if (HasFailure()) break;
    }
    for (; !held.empty(); co_await on.yield())
      held.clear();
    EXPECT_EQ(on_test.available(), total);
  }
  /// Something that has its effect at once.
  void act(semaphore& on_test, semaphore_model& model, dice& random) {
    switch (random.roll(4)) {
    case 0: {
      const std::size_t count = random.roll(on_test.total() + 1);
      const bool first = model.queue.empty() && count <= model.available;
      EXPECT_EQ(static_cast<bool>(on_test.try_acquire(count)), first);
      break;
    }
    case 1: {
      if (tasks.empty()) break;
      const std::size_t who = tasks.size() - 1 - random.roll(std::min<std::size_t>(tasks.size(), 8));
      tasks[who].abort();
      model.abort(who);
      break;
    }
    default:
      if (held.empty()) break;
      const auto which = std::next(held.begin(), static_cast<std::ptrdiff_t>(random.roll(held.size())));
      model.release(which->first);
      held.erase(which);
    }
  }

  std::vector<join_handle<void>> tasks; ///< by number
  std::map<std::size_t, semaphore_units> held;
  std::set<std::size_t> aborted;
};

TEST_F(semaphore_property, does_as_the_model_does) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  for (std::uint64_t round = 0; round < 30 && !HasFailure(); ++round) {
    tasks.clear();
    aborted.clear();
    const std::size_t running = start([&](shard& on) { return run(on, seed + round); });
    for (int each = 0; each < 1000 && !handles[running].done(); ++each)
      turn();
    EXPECT_TRUE(handles[running].done());
  }
  stop();
}

} // namespace
} // namespace shardbridge::detail
