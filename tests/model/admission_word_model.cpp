// Goal: no interleaving exceeds the limit, nobody waits for ever while there is room, and the level of pressure changes
// in an order that all see alike.
// Method: Relacy runs the production admission word under three threads that want one permit, or two of which the
// second changes the level, with a lock and an event each in the place of the queue of waiters. A lost grant is a
// deadlock, a level that changed unseen a gap in what is recorded. Then the same with planted mistakes in the way the
// word is used, each of which must be found.
#include "model.hpp"

#include <bridge/admission_word.hpp>

namespace {

using namespace rl;
using shardbridge::watermarks;
using shardbridge::detail::admission_word;
using level = shardbridge::pressure_level;
using taken = admission_word::taken;

enum class mistake {
  none,
  ignores_waiters,
  grants_without_taking,
  announces_separately,
  forgets_waiters,
  ignores_change,
  gives_without_lock,
  takes_without_lock,
  grants_unrecorded,
};

constexpr unsigned contenders = 3;

/// Those who wait, first come, first served. Under the model's lock.
class waiting_line {
 public:
  void init() {
    for (auto& each : granted_)
      each.init(false, false, $);
  }
  void deinit() {
    for (auto& each : granted_)
      each.deinit($);
  }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void join(unsigned who) { queue_[size_++] = who; }
  void grant_first() {
    granted_[queue_[0]].set($);
    --size_;
    for (unsigned each = 0; each < size_; ++each)
      queue_[each] = queue_[each + 1];
  }
  /// Without the lock.
  void wait(unsigned who) { granted_[who].wait(false, false, $); }

 private:
  rl::generic_event granted_[contenders];
  unsigned queue_[contenders];
  unsigned size_ = 0;
};

/// One permit, and marks that are never reached.
template <mistake Planted>
struct permit_model : rl::test_suite<permit_model<Planted>, contenders> {
  admission_word word{1, 100, watermarks{.throttled = {200, 200}, .suspended = {200, 200}}};
  rl::mutex lock;
  waiting_line line;
  rl::atomic<int> holders;
  rl::var<int> guarded;

  void before() {
    holders.store(0, memory_order_relaxed);
    guarded($) = 0;
    line.init();
  }
  void after() {
    line.deinit();
    RL_ASSERT(word.ops() == 0 && word.bytes() == 0 && line.empty());
  }

  taken announce() {
    if (Planted != mistake::announces_separately) return word.queue_or_take(1);
    return word.try_take(1);
  }

  void acquire(unsigned who) {
    if (word.try_take(1) == taken::taken) return;
    lock.lock($);
    if (announce() == taken::taken) {
      lock.unlock($);
      return;
    }
    line.join(who);
    lock.unlock($);
    line.wait(who);
  }

  void release() {
    const auto given = word.give(1, 1);
    if (!given.waiters || Planted == mistake::ignores_waiters) return;
    lock.lock($);
    while (!line.empty()) {
      if (Planted != mistake::grants_without_taking && word.queue_or_take(1, true) == taken::full) break;
      line.grant_first();
    }
    if (line.empty() || Planted == mistake::forgets_waiters) word.no_more_waiters();
    lock.unlock($);
  }

  void thread(unsigned index) {
    acquire(index);
    RL_ASSERT(holders.fetch_add(1, memory_order_relaxed) == 0);
    guarded($) = guarded($) + 1; // a data race unless each permit's give is seen by the next take
    holders.fetch_sub(1, memory_order_relaxed);
    release();
  }
};

/// Two permits: the first changes nothing, the second suspends, and the level falls again at one, to throttled, and at
/// none. So some of the ways up and down need the lock and some do not.
template <mistake Planted>
struct level_model : rl::test_suite<level_model<Planted>, contenders> {
  admission_word word{2, 100, watermarks{.throttled = {100, 50}, .suspended = {100, 100}}};
  rl::mutex lock;
  waiting_line line;
  rl::atomic<int> holders;
  rl::var<int> recorded; // the level; under the lock

  void before() {
    holders.store(0, memory_order_relaxed);
    recorded($) = static_cast<int>(level::normal);
    line.init();
  }
  void after() {
    line.deinit();
    RL_ASSERT(word.ops() == 0 && word.bytes() == 0 && line.empty());
    RL_ASSERT(word.level() == level::normal && recorded($) == static_cast<int>(level::normal));
  }

  /// A chain: each change begins where the one before ended, and ends elsewhere.
  void record(level since) {
    const level now = word.level();
    RL_ASSERT(recorded($) == static_cast<int>(since));
    recorded($) = static_cast<int>(now);
  }
  /// Calls `change` and records what became of the level.
  template <class Change>
  auto watched(Change change) {
    const level since = word.level();
    const auto out = change();
    record(since);
    return out;
  }

  void acquire(unsigned who) {
    const taken first = word.try_take(1);
    if (first == taken::taken) return;
    if (first == taken::crosses && Planted == mistake::takes_without_lock && word.take_for_waiter(1) == taken::taken)
      return;
    lock.lock($);
    if (watched([this] { return word.queue_or_take(1); }) == taken::taken) {
      lock.unlock($);
      return;
    }
    line.join(who);
    lock.unlock($);
    line.wait(who);
  }

  void release() {
    auto given = word.give(1, 1);
    if (given.crosses && Planted == mistake::ignores_change) given.crosses = false;
    if (given.crosses && Planted == mistake::gives_without_lock) {
      given = word.give_locked(1, 1);
    }
    if (!given.waiters && !given.crosses) return;
    lock.lock($);
    if (given.crosses) watched([this] { return word.give_locked(1, 1); });
    while (!line.empty()) {
      const auto take = [this] { return word.queue_or_take(1, true); };
      if ((Planted == mistake::grants_unrecorded ? take() : watched(take)) == taken::full) break;
      line.grant_first();
    }
    if (line.empty()) word.no_more_waiters();
    lock.unlock($);
  }

  void thread(unsigned index) {
    acquire(index);
    RL_ASSERT(holders.fetch_add(1, memory_order_relaxed) < 2);
    holders.fetch_sub(1, memory_order_relaxed);
    release();
  }
};

} // namespace

int main() {
  using namespace shardbridge::model;
  bool all = must_hold<permit_model<mistake::none>>("admission word, one permit");
  all &= must_fail<permit_model<mistake::ignores_waiters>>("gave back and ignored who waits");
  all &= must_fail<permit_model<mistake::grants_without_taking>>("granted without taking the permit");
  all &= must_fail<permit_model<mistake::announces_separately>>("waited without announcing it");
  all &= must_fail<permit_model<mistake::forgets_waiters>>("withdrew the announcement of others");
  all &= must_hold<level_model<mistake::none>>("admission word, levels");
  all &= must_fail<level_model<mistake::ignores_change>>("dropped what would have changed the level");
  all &= must_fail<level_model<mistake::gives_without_lock>>("gave back over a change without the lock");
  all &= must_fail<level_model<mistake::takes_without_lock>>("took over a change without the lock");
  all &= must_fail<level_model<mistake::grants_unrecorded>>("granted over a change and did not record it");
  return all ? 0 : 1;
}
