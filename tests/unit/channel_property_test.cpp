// Goal: whatever tasks do with a channel, each value is received once, in order, by who has waited longest, and each
// wait ends as it should. Method: random sends, receives, cancels and closes, several in one turn, beside a model that
// is two queues of who waits and one of values.
#include "seed.hpp"
#include "task_waits_fixture.hpp"

#include <shardbridge/channel.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace shardbridge::detail {
namespace {

/// What the waits of numbered tasks came to.
using outcomes = std::map<std::size_t, std::string>;

struct channel_model {
  struct waiting {
    std::size_t who;
    int value;
  };

  void send(std::size_t who, int value) {
    if (closed) {
      came[who] = "gone";
    } else if (!receivers.empty()) {
      came[receivers.front()] = std::to_string(value);
      receivers.pop_front();
      came[who] = "sent";
    } else if (values.size() < capacity) {
      values.push_back(value);
      came[who] = "sent";
    } else {
      senders.push_back({who, value});
    }
  }
  void receive(std::size_t who) {
    if (values.size() + senders.size() == 0) {
      if (closed)
        came[who] = "none";
      else
        receivers.push_back(who);
      return;
    }
    if (!senders.empty()) {
      values.push_back(senders.front().value);
      came[senders.front().who] = "sent";
      senders.pop_front();
    }
    came[who] = std::to_string(values.front());
    values.pop_front();
  }
  void abort(std::size_t who) {
    if (std::erase_if(senders, [who](const waiting& each) { return each.who == who; }) + std::erase(receivers, who) > 0)
      came[who] = "aborted";
  }
  void close() {
    closed = true;
    for (const waiting& each : std::exchange(senders, {}))
      came[each.who] = "gone";
    for (const std::size_t each : std::exchange(receivers, {}))
      came[each] = "none";
  }

  std::size_t capacity = 0;
  bool closed = false;
  std::deque<int> values;
  std::deque<waiting> senders;
  std::deque<std::size_t> receivers;
  outcomes came;
};

class channel_property : public task_waits {
 public:
  using value = std::unique_ptr<int>; // its memory tells of one that is lost or comes twice

  task<> sends(channel<value>& to, std::size_t who, int number) {
    try {
      co_await to.send(std::make_unique<int>(number));
      came[who] = "sent";
    } catch (const boost::system::system_error& thrown) {
      came[who] = name_of(thrown);
    }
  }
  task<> receives(channel<value>& from, std::size_t who) {
    try {
      const std::optional<value> got = co_await from.receive();
      came[who] = got ? std::to_string(**got) : "none";
    } catch (const boost::system::system_error& thrown) {
      came[who] = name_of(thrown);
    }
  }
  task<> run(shard& on, std::uint64_t seed) {
    dice random(seed);
    channel_model model;
    model.capacity = random.roll(4);
    channel<value> on_test(on, model.capacity);
    const std::size_t sends_of_four = 1 + random.roll(3);
    for (int step = 0; step < 200; ++step) {
      for (std::size_t each = random.roll(5); each > 0; --each)
        begin(on, on_test, model, random, sends_of_four);
      co_await on.yield(); // they have begun, in order
      for (std::size_t each = random.roll(5); each > 0; --each)
        act(on_test, model, random);
      if (random.one_in(300)) {
        on_test.close();
        model.close();
      }
      EXPECT_EQ(on_test.size(), model.values.size());
      co_await on.yield(); // who was told has noted it
      EXPECT_EQ(came, model.came) << "after step " << step;
      if (HasFailure()) break;
    }
    on_test.close();
    model.close();
    co_await on.yield();
    EXPECT_EQ(came, model.came);
  }
  void begin(shard& on, channel<value>& on_test, channel_model& model, dice& random, std::size_t sends_of_four) {
    const std::size_t who = tasks.size();
    if (random.roll(4) < sends_of_four) {
      tasks.push_back(on.spawn(sends(on_test, who, ++last)));
      model.send(who, last);
    } else {
      tasks.push_back(on.spawn(receives(on_test, who)));
      model.receive(who);
    }
  }
  /// Something that has its effect at once.
  void act(channel<value>& on_test, channel_model& model, dice& random) {
    const std::size_t nobody = SIZE_MAX;
    switch (random.roll(3)) {
    case 0: {
      const bool room = !model.closed && (!model.receivers.empty() || model.values.size() < model.capacity);
      EXPECT_EQ(on_test.try_send(std::make_unique<int>(++last)), room);
      if (room) model.send(nobody, last);
      model.came.erase(nobody);
      break;
    }
    case 1: {
      const std::optional<value> got = on_test.try_receive();
      EXPECT_EQ(got.has_value(), model.values.size() + model.senders.size() > 0);
      if (!got) break;
      model.receive(nobody);
      EXPECT_EQ(std::to_string(**got), model.came[nobody]);
      model.came.erase(nobody);
      break;
    }
    default:
      if (tasks.empty()) break;
      const std::size_t who = tasks.size() - 1 - random.roll(std::min<std::size_t>(tasks.size(), 8));
      tasks[who].abort();
      model.abort(who);
    }
  }

  std::vector<join_handle<void>> tasks; ///< by number
  outcomes came;
  int last = 0;
};

TEST_F(channel_property, does_as_the_model_does) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  for (std::uint64_t round = 0; round < 30 && !HasFailure(); ++round) {
    came.clear();
    tasks.clear();
    const std::size_t running = start([&](shard& on) { return run(on, seed + round); });
    for (int each = 0; each < 1000 && !handles[running].done(); ++each)
      turn();
    EXPECT_TRUE(handles[running].done());
  }
  stop();
}

} // namespace
} // namespace shardbridge::detail
