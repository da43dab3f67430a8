// Goal: no interleaving loses a wake or makes two eventfd writes for one sleep.
// Method: Relacy runs the production wake word under a producer each on two threads and a consumer on a third, with an
// event in the place of the eventfd. A lost wake is a deadlock, a second write for one sleep an event set twice. Then
// the same with planted mistakes in the way the word is used, each of which must be found.
#include "model.hpp"

#include <bridge/wake_word.hpp>

namespace {

using namespace rl;
using shardbridge::detail::wake_word;

enum class mistake { none, publish_before_push, look_before_observe, arm_without_check, wake_not_sent, write_always };

constexpr int producers = 2;

template <mistake Planted>
struct wake_model : rl::test_suite<wake_model<Planted>, producers + 1> {
  wake_word word;
  rl::atomic<int> pushed[producers];
  rl::var<int> item[producers];
  rl::generic_event wake;
  rl::atomic<int> writes_pending;

  void before() {
    for (int each = 0; each < producers; ++each)
      pushed[each].store(0, memory_order_relaxed);
    writes_pending.store(0, memory_order_relaxed);
    wake.init(false, false, $);
  }
  void after() { wake.deinit($); }

  void push(unsigned index) {
    item[index]($) = static_cast<int>(index) + 1;
    pushed[index].store(1, memory_order_release);
  }

  void publish() {
    const auto said = word.publish();
    if (said == wake_word::published::wake_owed || Planted == mistake::write_always) {
      if (Planted == mistake::wake_not_sent) return;
      // One write for one sleep: none is pending that the consumer has not slept for.
      RL_ASSERT(writes_pending.fetch_add(1, memory_order_relaxed) == 0);
      wake.set($);
    }
  }

  void produce(unsigned index) {
    if (Planted == mistake::publish_before_push) publish();
    push(index);
    if (Planted != mistake::publish_before_push) publish();
  }

  bool look(bool (&taken)[producers]) {
    bool any = false;
    for (int each = 0; each < producers; ++each) {
      if (taken[each] || pushed[each].load(memory_order_acquire) == 0) continue;
      RL_ASSERT(item[each]($) == each + 1);
      taken[each] = any = true;
    }
    return any;
  }

  void consume() {
    bool taken[producers] = {};
    while (!(taken[0] && taken[1])) {
      bool any = false;
      std::uint32_t seen = 0;
      if (Planted == mistake::look_before_observe) any = look(taken);
      seen = word.observe();
      if (Planted != mistake::look_before_observe) any = look(taken);
      if (any) continue;
      if (Planted == mistake::arm_without_check) seen = word.observe();
      if (word.try_arm(seen) != wake_word::armed::asleep) continue;
      wake.wait(false, false, $);
      writes_pending.fetch_sub(1, memory_order_relaxed);
    }
  }

  void thread(unsigned index) {
    if (index < producers)
      produce(index);
    else
      consume();
  }
};

} // namespace

int main() {
  using namespace shardbridge::model;
  bool all = must_hold<wake_model<mistake::none>>("wake word");
  all &= must_fail<wake_model<mistake::publish_before_push>>("published before the push");
  all &= must_fail<wake_model<mistake::look_before_observe>>("looked before it observed");
  all &= must_fail<wake_model<mistake::arm_without_check>>("armed without a check of what was seen");
  all &= must_fail<wake_model<mistake::wake_not_sent>>("owed a wake and did not send it");
  all &= must_fail<wake_model<mistake::write_always>>("wrote to who was awake");
  return all ? 0 : 1;
}
