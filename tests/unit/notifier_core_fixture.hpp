// Goal: a notifier without shards and without an executor. Method: no threads; a shard that only resumes what is ready,
// and an executor that only counts what is posted: the test decides when either goes on.
#pragma once

#include <shardbridge/detail/coroutine_chain.hpp>
#include <shardbridge/detail/notifier_core.hpp>
#include <shardbridge/detail/post_awaiter.hpp>
#include <shardbridge/error.hpp>

#include "printers.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {

using boost::system::error_code;
using numbers = std::vector<int>;

/// A shard without a loop.
class fake_shard final : public shard_runtime {
 public:
  explicit fake_shard(std::uint32_t most_tasks = UINT32_MAX) noexcept : shard_runtime(0, most_tasks) {}
  ~fake_shard() { destroy_roots(); }

  /// As a loop's turn: takes who was woken, and resumes all that are ready.
  void turn() {
    take_woken();
    while (resume_next()) {
    }
  }
  bool resume_one() { return resume_next(); }
  void take_woken() {
    for (message* const each : std::exchange(woken_, {}))
      each->arrive(*this);
  }
  void stop() {
    stopping_ = true;
    for (waiter *each = expected_.front(), *next = nullptr; each != nullptr; each = next) {
      next = each->next;
      if (each->withdraw()) make_ready(*each);
    }
  }
  /// Its tasks, where they are suspended; none may be awaited from elsewhere.
  void destroy_tasks() {
    EXPECT_TRUE(expected_.empty());
    destroy_roots();
  }
  [[nodiscard]] std::size_t woken() const { return woken_.size(); }

 private:
  void post(message& what) noexcept override { woken_.push_back(&what); }
  void forget(message&) noexcept override {}
  std::size_t group_size() const noexcept override { return 1; }
  void send(std::size_t, message&) noexcept override {}
  void take_call(operation&) noexcept override {}
  void cancel_call(operation&, op_result) noexcept override {}
  void set_timer(timer&) noexcept override {}
  void stop_timer(timer&) noexcept override {}
  pressure_level level() const noexcept override { return pressure_level::normal; }
  bool wait_level(level_waiter&) override { return false; }
  void begin_own(operation&) override {}
  void interrupt_own(operation&) noexcept override {}
  void unpark_own(operation&) override {}
  void end_call(operation&, op_result) override {}
  void task_failed(const std::exception_ptr&) noexcept override {}
  void return_buffer(std::uint16_t) noexcept override {}
  bool has_buffers() const noexcept override { return false; }
  bool may_keep_buffers() const noexcept override { return false; }

  std::vector<message*> woken_;
};

class counting_notifier final : public notifier_core {
 public:
  using notifier_core::abandon;
  using notifier_core::notifier_core;
  ~counting_notifier() override = default;

  /// As the executor does, once for each that was posted.
  void run() {
    for (; posted_ > 0; --posted_)
      drain();
  }
  void run_one() {
    ASSERT_GT(posted_, 0);
    --posted_;
    drain();
  }
  [[nodiscard]] int posted() const { return posted_; }

 private:
  void post_drain() override { ++posted_; }

  int posted_ = 0;
};

/// Of one post.
struct told {
  bool ended = false;
  error_code failed;
};

template <class Function>
root run_post(shard_runtime& on, std::shared_ptr<notifier_core> core, Function function, told& out) {
  try {
    co_await post_awaiter(on, std::move(core), make_notification(std::move(function)));
  } catch (const boost::system::system_error& thrown) {
    out.failed = thrown.code();
  }
  out.ended = true;
}
template <class Function>
void post(shard_runtime& on, std::shared_ptr<notifier_core> core, Function function, told& out) {
  on.make_room_for_task();
  run_post(on, std::move(core), std::move(function), out);
}

class notifier_core_test : public testing::Test {
 public:
  notifier_core_test() { use({.capacity = 2, .max_waiters = 2}); }

  void use(const notifier_options& options) { core = std::make_shared<counting_notifier>(options); }

  /// A task that posts what notes the number.
  void start(int number, fake_shard& on, told& out) {
    post(
        on, core, [this, number] { called.push_back(number); }, out);
    on.turn();
  }
  told& start(int number, fake_shard& on) {
    told& out = *posts.emplace_back(std::make_unique<told>());
    start(number, on, out);
    return out;
  }
  told& start(int number) { return start(number, shard); }
  [[nodiscard]] bool try_post(int number) {
    if (!core->try_take_room()) return false;
    core->use_room(make_notification([this, number] { called.push_back(number); }));
    return true;
  }
  void expect_even() {
    const notifier_stats seen = core->stats();
    EXPECT_EQ(seen.accepted, seen.called + seen.destroyed);
    EXPECT_EQ(seen.outstanding, 0U);
    EXPECT_EQ(seen.waiting, 0U);
    EXPECT_EQ(seen.level, pressure_level::normal);
  }

  numbers called;
  std::vector<std::unique_ptr<told>> posts;
  std::shared_ptr<counting_notifier> core;
  fake_shard shard;
  fake_shard other;
};

} // namespace shardbridge::detail
