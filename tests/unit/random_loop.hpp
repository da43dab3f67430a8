// Goal: one random program of the loop: bridges, kernel, tasks and the invariants between them.
// Method: everything that other threads and the kernel would do happens inside the fake kernel's enter(), which is
// where a real shard gives them time; the model knows of each operation how often it came back.
#pragma once

#include "fake_driver.hpp"
#include "seed.hpp"
#include "test_operation.hpp"

#include <shardbridge/buffer_pool.hpp>

#include <bridge/shard_port.hpp>
#include <shard_side/shard_loop.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace shardbridge::detail {

class random_loop { // NOLINT(clang-analyzer-optin.performance.Padding): one at a time, by order of use
 public:
  /// `random` decides everything: the time is the fake kernel's.
  random_loop(dice random, int null_fd, bool kernel_fails);
  void run();

 private:
  struct pushed {
    explicit pushed(op_code what, descriptor& file, const std::vector<std::size_t>& lengths)
        : transfer(what, file, lengths) {}
    test_transfer transfer;
    linked_sync then;
    connection* to = nullptr;
    bool settled = false;    ///< cancels came too late
    int back = 0;            ///< how often it was handed back
    std::uint64_t moved = 0; ///< bytes, as the kernel said
    bool holds_file = false;

    [[nodiscard]] bool has(const iovec* part) const noexcept {
      const std::vector<iovec>& all = transfer.buffers;
      return part >= all.data() && part < all.data() + all.size();
    }
  };
  /// A file and whether its object still holds it.
  struct open_file {
    descriptor* file;
    bool held;
  };

  /// Its buffers are only lent and given back.
  static buffer_pool& pool() {
    static buffer_pool out({.bytes = 1 << 20});
    return out;
  }

  /// Of a task, and of the call that goes on with it: ends both, wherever the task is destroyed.
  class task_end {
   public:
    task_end(random_loop& of, operation* call, shard_runtime& on) : of_(&of), call_(call), on_(on) {}
    task_end(task_end&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), call_(std::exchange(other.call_, nullptr)), on_(other.on_) {}
    task_end& operator=(task_end&&) = delete;
    ~task_end() {
      if (of_ != nullptr) ++of_->tasks_ended_;
      if (call_ != nullptr) on_.end_call(*call_, {});
    }

   private:
    random_loop* of_;
    operation* call_;
    shard_runtime& on_;
  };
  bool call(operation& op, shard& on);
  static root work(shard_runtime&, random_loop& all, shard& self, task_end);
  task<> do_something(shard& self, std::size_t depth);

  void others();
  void push_something();
  void push_order();
  void cancel_something();
  void take_replies();
  void let_files_go();
  void kernel_answers();
  void answer(std::size_t at, const submission& what);
  std::int32_t result_of(const submission& what);
  void expect_that_it_may_wait();
  void push(connection& to, operation& op, lane_item::meaning what);
  void drop(descriptor& file);
  void came_back(operation& op);

  static shard_group_options some_options(dice& random);

  dice random_;
  std::deque<shard_port> ports_{1};
  shard_port& port_ = ports_[0];
  std::vector<std::shared_ptr<connection>> connections_;
  std::vector<open_file> files_;
  std::set<int> pipes_; ///< numbers of those that are no regular files
  std::deque<pushed> operations_;
  std::deque<test_operation> orders_;
  std::size_t tasks_begun_ = 0, tasks_ended_ = 0;
  std::size_t own_ = 0;          ///< operations of tasks that have not ended
  std::vector<pushed*> holding_; ///< came back, their handlers have not run
  const shard_group_options options_;
  fake_driver kernel_{0};
  loop_counters counters_;
  shard_loop loop_{ports_, kernel_, options_, 0, counters_};
  const std::size_t total_;
  const int null_;
  int enters_ = 0;
  bool fails_;
};

} // namespace shardbridge::detail
