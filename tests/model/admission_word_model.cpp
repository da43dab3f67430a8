// Goal: no interleaving exceeds the limit, and nobody waits for ever while there is room.
// Method: Relacy runs the production admission word under three threads that want the only permit, with a lock and an
// event each in the place of the queue of waiters. A lost grant is a deadlock. Then the same with planted mistakes in
// the way the word is used, each of which must be found.
#include "model.hpp"

#include <bridge/admission_word.hpp>

namespace {

using namespace rl;
using shardbridge::detail::admission_word;
using taken = admission_word::taken;

enum class mistake { none, ignores_waiters, grants_without_taking, announces_separately, forgets_waiters };

constexpr unsigned contenders = 3;

template <mistake Planted>
struct admission_model : rl::test_suite<admission_model<Planted>, contenders> {
  admission_word word{1, 100};
  rl::mutex lock;
  rl::generic_event granted[contenders];
  unsigned queue[contenders];
  unsigned waiting = 0;
  rl::atomic<int> holders;
  rl::var<int> guarded;

  void before() {
    holders.store(0, memory_order_relaxed);
    guarded($) = 0;
    for (auto& each : granted)
      each.init(false, false, $);
  }
  void after() {
    for (auto& each : granted)
      each.deinit($);
    RL_ASSERT(word.ops() == 0 && word.bytes() == 0 && waiting == 0);
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
    queue[waiting++] = who;
    lock.unlock($);
    granted[who].wait(false, false, $);
  }

  void release() {
    const auto given = word.give(1, 1);
    if (!given.waiters || Planted == mistake::ignores_waiters) return;
    lock.lock($);
    while (waiting > 0) {
      if (Planted != mistake::grants_without_taking && word.take_for_waiter(1) == taken::full) break;
      granted[queue[0]].set($);
      --waiting;
      for (unsigned each = 0; each < waiting; ++each)
        queue[each] = queue[each + 1];
    }
    if (waiting == 0 || Planted == mistake::forgets_waiters) word.no_more_waiters();
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

} // namespace

int main() {
  using namespace shardbridge::model;
  bool all = must_hold<admission_model<mistake::none>>("admission word");
  all &= must_fail<admission_model<mistake::ignores_waiters>>("gave back and ignored who waits");
  all &= must_fail<admission_model<mistake::grants_without_taking>>("granted without taking the permit");
  all &= must_fail<admission_model<mistake::announces_separately>>("waited without announcing it");
  all &= must_fail<admission_model<mistake::forgets_waiters>>("withdrew the announcement of others");
  return all ? 0 : 1;
}
