#pragma once

#include "design_names.hpp"
#include "queue_shard.hpp"

#include "../common/failure.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace shardbridge::bench {

/// One of them. It is made before the executor's threads end and destroyed behind their end, with close() before.
template <class Executor>
class reference_design {
 public:
  reference_design() = default;
  reference_design(const reference_design&) = delete;
  reference_design& operator=(const reference_design&) = delete;
  virtual ~reference_design() = default;

  /// Any thread; the request ends on the executor.
  virtual void submit(reference_request& request) = 0;
  /// When nothing is outstanding: leaves the executor, whose threads must run still.
  virtual void close() = 0;
};

/// A queue_shard, and the wait for its replies on the executor. What has come is ended by one thread, in one go.
template <class Executor, class Queue>
class queue_design final : public reference_design<Executor> {
 public:
  queue_design(const Executor& executor, int cpu, unsigned outstanding) : shard_(cpu, outstanding) {
    // A descriptor of its own, which Asio may make non-blocking and close.
    const int replied = ::dup(shard_.replied().get());
    if (replied < 0) throw run_failure("cannot copy a descriptor: " + errno_text());
    waiting_.emplace(executor, replied);
    wait();
  }

  void submit(reference_request& request) override { shard_.submit(request); }

  void close() override {
    // Before the wake. Pairs with collect().
    closing_.store(true, std::memory_order_release);
    shard_.replied().ring();
    left_.get_future().wait();
  }

 private:
  void wait() {
    waiting_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code&) { collect(); });
  }

  void collect() {
    // Pairs with close().
    if (closing_.load(std::memory_order_acquire)) {
      waiting_.reset();
      left_.set_value();
      return;
    }
    shard_.replied().silence();
    request_list replies = shard_.take_replies();
    while (!replies.empty()) {
      reference_request& one = replies.pop_front();
      one.ended(one);
    }
    wait();
  }

  queue_shard<Queue> shard_;
  std::atomic<bool> closing_{false};
  std::promise<void> left_;
  std::optional<boost::asio::posix::basic_stream_descriptor<Executor>> waiting_;
};

/// One ring for all of the service's threads.
template <class Executor>
class shared_ring_design final : public reference_design<Executor> {
 public:
  shared_ring_design(const Executor& executor, int cpu, unsigned outstanding)
      : executor_(executor), ring_(outstanding, 0) {
    const on_cpus there({cpu});
    reaper_ = std::thread([this] { reap(); });
  }
  ~shared_ring_design() override {
    if (reaper_.joinable()) end_reaper();
  }

  void submit(reference_request& request) override {
    const std::lock_guard lock(mutex_);
    if (request.times != nullptr) request.times->taken = request.times->submitted = std::chrono::steady_clock::now();
    ring_.stage(request);
    // Behind everything that is done with it here. Pairs with reap().
    request.submitted.store(true, std::memory_order_release);
    ring_.submit();
  }

  void close() override {
    end_reaper();
    executor_.reset();
  }

 private:
  void reap() {
    bool over = false;
    while (!over) {
      ring_.wait();
      ring_.reap([&](reference_request* request, int result) {
        over = request == nullptr;
        if (over) return;
        // Pairs with submit().
        static_cast<void>(request->submitted.load(std::memory_order_acquire));
        request->result = result;
        if (request->times != nullptr) request->times->completed = std::chrono::steady_clock::now();
        boost::asio::post(*executor_, [request] { request->ended(*request); });
      });
    }
  }

  void end_reaper() {
    {
      const std::lock_guard lock(mutex_);
      ring_.stage_nothing();
      ring_.submit();
    }
    reaper_.join();
  }

  std::optional<Executor> executor_;
  std::mutex mutex_; ///< Of the side of the ring that submits.
  reference_ring ring_;
  std::thread reaper_;
};

/// Throws run_failure.
template <class Executor>
std::unique_ptr<reference_design<Executor>> make_design(design which, const Executor& executor, int cpu,
                                                        unsigned outstanding) {
  switch (which) {
  case design::wake_each:
    return std::make_unique<queue_design<Executor, wake_each_queue>>(executor, cpu, outstanding);
  case design::locked_queue:
    return std::make_unique<queue_design<Executor, locked_queue>>(executor, cpu, outstanding);
  case design::shared_ring:
    break;
  }
  return std::make_unique<shared_ring_design<Executor>>(executor, cpu, outstanding);
}

} // namespace shardbridge::bench
