// The pieces of which the way of an operation is made: each alone, by one thread.
#include "counted.hpp"
#include "steps.hpp"

#include <bridge/admission.hpp>
#include <bridge/deadline_heap.hpp>
#include <bridge/lane.hpp>
#include <bridge/wake_word.hpp>
#include <shard_side/slot_table.hpp>
#include <shard_side/timer_wheel.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace shardbridge::bench {
namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t batches = 100;
constexpr std::size_t operations = batch * batches;
constexpr std::uint64_t block = 4096;

struct plain_operation final : detail::operation {
  plain_operation() noexcept : operation(detail::op_code::read, nullptr) { bytes = block; }
};

void count_permits() {
  detail::admission permits{bridge_options{}};
  plain_operation op;
  detail::operation_list granted;
  const auto take = [&](std::size_t at_once) {
    const counted counting;
    for (std::size_t done = 0; done < operations; done += at_once) {
      for (std::size_t each = 0; each < at_once; ++each)
        require(permits.acquire(op) == detail::admission::acquired::taken, "there is room");
      permits.release(at_once, at_once * block, granted);
    }
  };
  count("permit_of_1", operations, [&] { take(1); });
  count("permit_of_64", operations, [&] { take(batch); });
}

void count_lanes() {
  plain_operation op;
  detail::request_lane requests;
  count("request_lane", operations, [&] {
    std::array<detail::lane_item, batch> taken;
    const counted counting;
    for (std::size_t done = 0; done < operations; done += batch) {
      for (std::size_t each = 0; each < batch; ++each)
        requests.push({op, detail::lane_item::meaning::request});
      require(requests.pop(taken) == batch, "what was pushed is there");
    }
  });
  detail::reply_lane replies(batch);
  count("reply_lane", operations, [&] {
    std::array<detail::operation*, batch> given{};
    given.fill(&op);
    std::array<detail::operation*, batch> taken{};
    const counted counting;
    for (std::size_t done = 0; done < operations; done += batch) {
      require(replies.push(given), "there is room");
      require(replies.pop(taken) == batch, "what was pushed is there");
    }
  });
}

void count_words() {
  using word = detail::wake_word;
  word wakes;
  count("wake_word_publish", operations, [&] {
    const counted counting;
    for (std::size_t each = 0; each < operations; ++each)
      require(wakes.publish() == word::published::awake, "it is awake");
  });
  count("wake_word_sleep_and_publish", operations, [&] {
    const counted counting;
    for (std::size_t each = 0; each < operations; ++each) {
      require(wakes.try_arm(wakes.observe()) == word::armed::asleep, "nothing came");
      require(wakes.publish() == word::published::wake_owed, "it is asleep");
    }
  });
}

void count_slots() {
  detail::slot_table slots(1024);
  plain_operation op;
  count("slot", operations, [&] {
    std::array<detail::token, batch> names{};
    const counted counting;
    for (std::size_t done = 0; done < operations; done += batch) {
      for (detail::token& each : names)
        each = slots.name(slots.acquire(op), detail::cqe_kind::operation);
      for (const detail::token& each : names) {
        require(slots.find(detail::token::unpack(each.pack())) != nullptr, "it is in use");
        slots.release(each.index());
      }
    }
  });
}

/// 64 deadlines, of which the earliest ends first.
void count_deadlines() {
  detail::deadline_heap heap;
  std::array<plain_operation, batch> all;
  std::int64_t time = 0;
  for (plain_operation& op : all) {
    op.deadline = ++time;
    heap.insert(op);
  }
  count("deadline_of_64", operations, [&] {
    const counted counting;
    for (std::size_t done = 0; done < operations; done += batch) {
      for (plain_operation& op : all) {
        heap.erase(op);
        op.deadline = ++time;
        heap.insert(op);
      }
    }
  });
}

struct counting_timer final : detail::timer {
  void fire() noexcept override { ++fired; }
  std::size_t fired = 0;
};

void count_timers() {
  constexpr std::int64_t millisecond = 1'000'000;
  std::int64_t now = std::int64_t{1} << 40U;
  detail::timer_wheel wheel(now);
  counting_timer timer;
  count("timer_set_and_stop", operations, [&] {
    const counted counting;
    for (std::size_t each = 0; each < operations; ++each) {
      timer.at = now + millisecond;
      wheel.set(timer);
      wheel.stop(timer);
    }
  });
  count("timer_set_and_fire", operations, [&] {
    timer.fired = 0;
    const counted counting;
    for (std::size_t each = 0; each < operations; ++each) {
      timer.at = now + millisecond;
      wheel.set(timer);
      while (wheel.size() > 0)
        wheel.advance(now = wheel.next());
    }
    require(timer.fired == operations, "each fires once");
  });
}

} // namespace

void count_pieces() {
  count_permits();
  count_lanes();
  count_words();
  count_slots();
  count_deadlines();
  count_timers();
}

} // namespace shardbridge::bench
