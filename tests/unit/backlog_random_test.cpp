// Goal: the order in which a backlog gives out its operations is that of the plain rule, whatever is pushed, put back
// and taken out from its middle meanwhile. Method: random programs with a printed seed, against a model: one list in
// the order of arrival, and for every queue a number that says when it had its last turn.
#include "backlog_fixture.hpp"
#include "seed.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace shardbridge::detail {
namespace {

class plain_backlog {
 public:
  void push(operation& op) {
    if (!waits(op)) last_turn_[queue_of(op)] = ++clock_;
    all_.push_back(&op);
  }
  /// Of those that may start and are of the priority whose turn it is the first of the queue that has waited longest.
  operation* pop(bool patient) {
    before_ = in_a_row_;
    const priority first = in_a_row_ < 7 ? priority::high : priority::normal;
    for (const priority each : {first, first == priority::high ? priority::normal : priority::high}) {
      operation* chosen = nullptr;
      for (operation* const op : all_) {
        if (op->priority != each || (op->patient && !patient)) continue;
        if (chosen == nullptr || last_turn_[queue_of(*op)] < last_turn_[queue_of(*chosen)]) chosen = op;
      }
      if (chosen == nullptr) continue;
      const bool other_waits = std::any_of(all_.begin(), all_.end(), [&](auto* op) { return op->priority != each; });
      in_a_row_ = each == priority::high && other_waits ? in_a_row_ + 1 : 0;
      last_turn_[queue_of(*chosen)] = ++clock_;
      erase(*chosen);
      return chosen;
    }
    return nullptr;
  }
  void put_back(operation& op) {
    in_a_row_ = before_;
    last_turn_[queue_of(op)] = --first_turn_;
    all_.insert(all_.begin(), &op);
  }
  void erase(const operation& op) { std::erase(all_, &op); }
  [[nodiscard]] const std::vector<operation*>& all() const { return all_; }

 private:
  using queue = std::tuple<const connection*, priority, bool>;
  static queue queue_of(const operation& op) { return {op.joined, op.priority, op.patient}; }
  bool waits(const operation& op) {
    return std::any_of(all_.begin(), all_.end(), [&](auto* each) { return queue_of(*each) == queue_of(op); });
  }

  std::vector<operation*> all_;
  std::map<queue, std::int64_t> last_turn_;
  std::int64_t clock_ = 0;
  std::int64_t first_turn_ = 0;
  int in_a_row_ = 0;
  int before_ = 0;
};

class both_backlogs {
 public:
  both_backlogs(std::uint64_t seed, backlog_test& all)
      : random_(seed), all_(all), patient_in_(2 + random_.roll(4)), likes_to_push_(1 + random_.roll(8)) {}

  void step() {
    switch (random_.roll(12)) {
    case 0:
      return put_back();
    case 1:
      return erase();
    case 2:
      if (random_.one_in(5)) take_if();
      return;
    default:
      if (random_.roll(10) < likes_to_push_) return push();
      pop();
    }
  }
  void empty_it() {
    while (!model_.all().empty() && !testing::Test::HasFatalFailure())
      pop();
    ASSERT_EQ(all_.waiting.pop(true), nullptr);
  }

 private:
  void push() {
    const std::array sources{all_.a, all_.b, all_.c};
    const auto which = random_.one_in(2) ? priority::high : priority::normal;
    for (std::size_t count = random_.one_in(10) ? 10 : 1; count > 0; --count)
      model_.push(*all_.push(1, sources[random_.roll(3)], which, random_.one_in(patient_in_))[0]);
    expect_alike();
  }
  operation* pop() {
    const bool patient = random_.one_in(2);
    operation* const expected = model_.pop(patient);
    EXPECT_EQ(all_.waiting.pop(patient), expected);
    expect_alike();
    if (expected == nullptr || testing::Test::HasFailure()) return nullptr;
    EXPECT_EQ(expected->where, operation::place::nowhere);
    return expected;
  }
  void put_back() {
    operation* const op = pop();
    if (op == nullptr) return;
    model_.put_back(*op);
    all_.waiting.put_back(*op);
    expect_alike();
  }
  void erase() {
    if (model_.all().empty()) return;
    operation& op = *model_.all()[random_.roll(model_.all().size())];
    model_.erase(op);
    all_.waiting.erase(op);
    EXPECT_EQ(op.where, operation::place::nowhere);
    expect_alike();
  }
  void take_if() {
    const std::size_t divisor = 1 + random_.roll(3);
    const auto matches = [&](const operation& op) { return op.bytes % divisor == 0; };
    for (operation* const op : model_.all())
      op->bytes = random_.roll(6);
    std::vector<operation*> expected;
    std::copy_if(model_.all().begin(), model_.all().end(), std::back_inserter(expected),
                 [&](auto* op) { return matches(*op); });
    operation_list out;
    all_.waiting.take_if(matches, out);
    std::vector<operation*> taken;
    while (operation* const op = out.pop_front())
      taken.push_back(op);
    EXPECT_TRUE(std::is_permutation(taken.begin(), taken.end(), expected.begin(), expected.end()));
    for (const operation* const op : expected)
      model_.erase(*op);
    expect_alike();
  }
  void expect_alike() {
    ASSERT_EQ(all_.waiting.size(), model_.all().size());
    ASSERT_EQ(all_.waiting.empty(), model_.all().empty());
    ASSERT_TRUE(std::all_of(model_.all().begin(), model_.all().end(),
                            [](auto* op) { return op->where == operation::place::backlog; }));
  }

  dice random_;
  backlog_test& all_;
  plain_backlog model_;
  const std::size_t patient_in_;    ///< one in so many is patient
  const std::size_t likes_to_push_; ///< how many of ten steps push: some programs mostly empty, some mostly full
};

TEST_F(backlog_test, does_what_the_plain_rule_says) {
  const std::uint64_t seed = test_seed();
  for (std::uint64_t program = 0; program < 300 && !HasFailure(); ++program) {
    TRACE_SEED(seed + program);
    waiting = {};
    operations.clear();
    both_backlogs both(seed + program, *this);
    for (int step = 0; step < 150 && !HasFailure(); ++step)
      both.step();
    both.empty_it();
  }
}

} // namespace
} // namespace shardbridge::detail
