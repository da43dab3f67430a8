// Goal: whatever is called in whatever order, the admission does what a naive model does.
// Method: random programs with a printed seed; model and admission are compared after every call.
#include "admission_model.hpp"
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

/// `scale`: how many operations go where one goes.
bridge_options random_options(dice& random, std::size_t scale) {
  bridge_options out{.max_ops = 1 + random.roll(6 * scale),
                     .max_bytes = 1 + random.roll(20 * scale),
                     .max_waiters = random.roll(8 * scale)};
  if (random.one_in(2)) out.reserved_ops = random.roll(out.max_ops);
  if (random.one_in(8)) out.when_full = when_full::refuse;
  if (random.one_in(2)) out.watermarks = {.throttled = {60, 40}, .suspended = {90, 60}};
  return out;
}

/// A program and its two subjects.
class program {
 public:
  program(std::uint64_t seed, std::size_t scale)
      : random_(seed), scale_(scale), options_(random_options(random_, scale)) {
    permits_.observe_changes(true);
  }

  void run() {
    for (int step = 0; step < 60 && !testing::Test::HasFatalFailure(); ++step) {
      call();
      if (testing::Test::HasFatalFailure()) return;
      if (random_.one_in(2)) look_again();
      compare();
    }
    if (testing::Test::HasFatalFailure()) return;
    EXPECT_EQ(emptied_by([&](operation_list& out) { permits_.close(out); }), sorted(model_.close()));
    compare();
  }

 private:
  void call() {
    switch (random_.roll(16)) {
    case 0:
    case 1:
      return wait_for_level();
    case 2:
      return expire();
    case 3:
      return cancel_one();
    case 4:
      return cancel_many();
    case 5:
      return try_acquire();
    case 6:
      return drop_permit();
    case 7:
      return use_permit();
    case 8:
    case 9:
    case 10:
      return release_batch();
    case 11:
      return fetch_news();
    default:
      for (std::size_t each = random_.roll(scale_) + 1; each > 0 && !testing::Test::HasFatalFailure(); --each)
        acquire();
    }
  }

  void acquire() {
    test_operation& op = operations_.emplace_back();
    op.bytes = random_.roll(options_.max_bytes / (random_.one_in(20) ? 1 : scale_) + 2);
    op.deadline = some_deadline();
    op.priority = random_.one_in(2) ? priority::high : priority::normal;
    op.patient = random_.one_in(2);
    ASSERT_EQ(permits_.acquire(op), model_.acquire(op));
  }
  void wait_for_level() {
    test_operation& op = operations_.emplace_back(op_code::wait_level);
    op.offset = random_.roll(3);
    op.deadline = some_deadline();
    ASSERT_EQ(permits_.acquire(op), model_.wait_for_level(op));
  }
  /// Several at once, as a batch of replies gives them back.
  void release_batch() {
    look_again();
    std::uint64_t bytes = 0;
    std::uint64_t patient = 0;
    const std::size_t count = std::min<std::size_t>(random_.roll(4 * scale_), model_.inside.size());
    for (std::size_t each = 0; each < count; ++each) {
      const auto which = model_.inside.begin() + static_cast<std::ptrdiff_t>(random_.roll(model_.inside.size()));
      bytes += (*which)->bytes;
      patient += (*which)->patient ? 1U : 0U;
      model_.inside.erase(which);
    }
    release(count, bytes, patient);
  }
  /// Whoever takes waiters out owes the rest a look at the room. Others may come before it, but what is given back
  /// before it may be granted then or at once.
  void look_again() { release(0, 0, 0); }
  void release(std::uint64_t ops, std::uint64_t bytes, std::uint64_t patient) {
    operation_list out;
    const std::uint64_t left = permits_.release(ops, bytes, out, patient);
    ASSERT_EQ(emptied(out), model_.look_again());
    ASSERT_TRUE(left == model_.ops() || scale_ > 1) << "those taken in advance are in it";
  }
  void expire() {
    const auto now = static_cast<std::int64_t>(random_.roll(50));
    const named late = model_.take_out([&](const operation* op) { return op->deadline <= now; });
    operation_list out;
    ASSERT_EQ(permits_.expire(now, out), model_.earliest());
    ASSERT_EQ(sorted(emptied(out)), sorted(late));
  }
  void cancel_one() {
    if (operations_.empty()) return;
    test_operation& op = operations_[random_.roll(operations_.size())];
    const bool waited = !model_.take_out([&](const operation* each) { return each == &op; }).empty();
    ASSERT_EQ(permits_.cancel(op), waited);
  }
  void cancel_many() {
    const std::uint64_t remainder = random_.roll(4);
    const auto matches = [&](const operation& op) { return op.bytes % 4 == remainder; };
    const named gone = model_.take_out([&](const operation* op) { return matches(*op); });
    ASSERT_EQ(emptied_by([&](operation_list& out) { permits_.cancel_if(matches, out); }), sorted(gone));
  }
  void try_acquire() {
    const std::uint64_t bytes = random_.roll(options_.max_bytes + 2);
    ASSERT_EQ(permits_.try_acquire(bytes), model_.try_acquire(bytes));
  }
  void drop_permit() {
    if (model_.unused.empty()) return;
    look_again();
    const std::uint64_t bytes = model_.unused.back();
    model_.unused.pop_back();
    operation_list out;
    permits_.release_unused(bytes, out);
    ASSERT_EQ(emptied(out), model_.look_again());
  }
  /// For an operation that may have fewer bytes; the rest is given back. A patient one would not be given it.
  void use_permit() {
    if (model_.unused.empty()) return;
    look_again();
    const std::uint64_t bytes = model_.unused.back();
    model_.unused.pop_back();
    test_operation& op = operations_.emplace_back();
    op.bytes = random_.roll(bytes + 1);
    model_.inside.push_back(&op);
    permits_.use_unused();
    release(0, bytes - op.bytes, 0);
  }
  void fetch_news() {
    operation_list out;
    told_ = permits_.take_news(out) || told_;
    ASSERT_EQ(sorted(emptied(out)), sorted(model_.fetch_calmed()));
    ASSERT_EQ(told_, !model_.changes.empty());
    if (!told_ || random_.one_in(2)) return;
    std::vector<pressure_level> changes;
    while (const auto level = permits_.fetch_change())
      changes.push_back(*level);
    told_ = false;
    ASSERT_EQ(changes, model_.fetch_changes());
  }

  void compare() {
    ASSERT_EQ(permits_.ops(), model_.ops());
    ASSERT_EQ(permits_.outstanding(), model_.inside.size() + model_.waiting() + model_.waiting_for_a_level());
    ASSERT_EQ(permits_.bytes(), model_.bytes());
    ASSERT_EQ(permits_.waiting(), model_.waiting());
    ASSERT_EQ(permits_.earliest_deadline(), model_.earliest());
    ASSERT_EQ(permits_.level(), model_.level);
    ASSERT_TRUE(permits_.has_news() || !model_.news);
    ASSERT_EQ(permits_.history().entered, model_.entered);
  }

  template <class Call>
  static named emptied_by(Call call) {
    operation_list out;
    call(out);
    return sorted(emptied(out));
  }
  std::int64_t some_deadline() { return random_.one_in(2) ? never : static_cast<std::int64_t>(random_.roll(50)); }

  dice random_;
  const std::size_t scale_;
  const bridge_options options_;
  std::deque<test_operation> operations_;
  admission permits_{options_};
  admission_model model_{options_};
  bool told_ = false; // by this program: it has the duty
};

void expect_same(std::uint64_t programs, std::size_t scale) {
  const std::uint64_t seed = test_seed();
  for (std::uint64_t each = 0; each < programs && !testing::Test::HasFailure(); ++each) {
    TRACE_SEED(seed + each);
    program(seed + each, scale).run();
  }
}

TEST(admission, does_what_a_naive_model_does) {
  expect_same(5000, 1);
}
// So many permits that threads take some in advance, which must change nothing.
TEST(admission, does_what_a_naive_model_does_with_many_permits) {
  expect_same(100, 100);
}

} // namespace
} // namespace shardbridge::detail
