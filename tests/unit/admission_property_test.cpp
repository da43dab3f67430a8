// Goal: whatever is called in whatever order, the admission does what a naive model does.
// Method: random programs with a printed seed; model and admission are compared after every call.
#include "printers.hpp"
#include "seed.hpp"
#include "test_operation.hpp"

#include <bridge/admission.hpp>

#include <algorithm>
#include <deque>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using named = std::vector<operation*>;

/// The obvious implementation: lists and sums.
struct model {
  std::uint64_t max_ops, max_bytes;
  std::size_t max_waiters;
  std::vector<operation*> inside{};
  std::deque<operation*> queue{};

  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const operation* op : inside)
      sum += op->bytes;
    return sum;
  }
  [[nodiscard]] bool room(const operation& op) const {
    return inside.size() < max_ops && bytes() + op.bytes <= max_bytes;
  }
  admission::acquired acquire(operation& op) {
    if (op.bytes > max_bytes) return admission::acquired::too_large;
    if (queue.empty() && room(op)) {
      inside.push_back(&op);
      return admission::acquired::taken;
    }
    if (queue.size() >= max_waiters) return admission::acquired::no_room;
    queue.push_back(&op);
    return admission::acquired::waiting;
  }
  named grant() {
    named out;
    while (!queue.empty() && room(*queue.front())) {
      out.push_back(queue.front());
      inside.push_back(queue.front());
      queue.pop_front();
    }
    return out;
  }
  [[nodiscard]] std::int64_t earliest() const {
    std::int64_t first = never;
    for (const operation* op : queue)
      first = std::min(first, op->deadline);
    return first;
  }
  template <class Matches>
  named take_out(Matches matches) {
    named out;
    std::copy_if(queue.begin(), queue.end(), std::back_inserter(out), matches);
    std::erase_if(queue, matches);
    return out;
  }
};

named sorted(named all) {
  std::sort(all.begin(), all.end());
  return all;
}
named emptied(operation_list& list) {
  named all;
  while (operation* const op = list.pop_front())
    all.push_back(op);
  return all;
}

void run_program(std::uint64_t seed) {
  dice random(seed);
  const bridge_options options{
      .max_ops = 1 + random.roll(4), .max_bytes = 1 + random.roll(20), .max_waiters = random.roll(6)};
  admission permits(options);
  model expected{options.max_ops, options.max_bytes, options.max_waiters};
  std::deque<test_operation> operations;
  operation_list out;
  for (int step = 0; step < 40; ++step) {
    switch (random.roll(6)) {
    case 0:
    case 1:
    case 2: {
      test_operation& op = operations.emplace_back();
      op.bytes = random.roll(options.max_bytes + 2);
      op.deadline = random.one_in(2) ? never : static_cast<std::int64_t>(random.roll(50));
      ASSERT_EQ(permits.acquire(op), expected.acquire(op));
      break;
    }
    case 3: {
      // Several at once, as a batch of replies gives them back.
      std::uint64_t bytes = 0;
      const std::size_t count = std::min<std::size_t>(random.roll(3), expected.inside.size());
      for (std::size_t each = 0; each < count; ++each) {
        bytes += expected.inside.back()->bytes;
        expected.inside.pop_back();
      }
      static_cast<void>(permits.release(count, bytes, out));
      ASSERT_EQ(emptied(out), expected.grant());
      break;
    }
    case 4: {
      const auto now = static_cast<std::int64_t>(random.roll(50));
      const named late = expected.take_out([&](const operation* op) { return op->deadline <= now; });
      ASSERT_EQ(permits.expire(now, out), expected.earliest());
      ASSERT_EQ(sorted(emptied(out)), sorted(late));
      break;
    }
    default:
      if (operations.empty()) break;
      test_operation& op = operations[random.roll(operations.size())];
      const bool waited = !expected.take_out([&](const operation* each) { return each == &op; }).empty();
      ASSERT_EQ(permits.cancel(op), waited);
      break;
    }
    // Whoever takes waiters out owes the rest a look at the room.
    static_cast<void>(permits.release(0, 0, out));
    ASSERT_EQ(emptied(out), expected.grant());
    ASSERT_EQ(permits.ops(), expected.inside.size());
    ASSERT_EQ(permits.bytes(), expected.bytes());
    ASSERT_EQ(permits.waiting(), expected.queue.size());
    ASSERT_EQ(permits.earliest_deadline(), expected.earliest());
  }
}

TEST(admission, does_what_a_naive_model_does) {
  const std::uint64_t seed = test_seed();
  for (std::uint64_t program = 0; program < 5000 && !testing::Test::HasFailure(); ++program) {
    TRACE_SEED(seed + program);
    run_program(seed + program);
  }
}

} // namespace
} // namespace shardbridge::detail
