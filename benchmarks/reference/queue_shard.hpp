#pragma once

#include "../common/cpus.hpp"
#include "queues.hpp"
#include "reference_ring.hpp"
#include "wake_event.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace shardbridge::bench {

/// A thread on one CPU with a ring of its own, and a Queue to it and one back, each with an eventfd. It sleeps in its
/// ring, in which it reads its eventfd.
template <class Queue>
class queue_shard {
 public:
  /// Throws run_failure.
  queue_shard(int cpu, unsigned outstanding) {
    std::promise<void> ready;
    const on_cpus there({cpu});
    thread_ = std::thread([this, outstanding, &ready] { run(outstanding, ready); });
    try {
      ready.get_future().get();
    } catch (...) {
      thread_.join();
      throw;
    }
  }
  queue_shard(const queue_shard&) = delete;
  queue_shard& operator=(const queue_shard&) = delete;
  /// Nothing is outstanding any more.
  ~queue_shard() {
    // Before the wake: the thread looks at it behind that. Pairs with run().
    stopping_.store(true, std::memory_order_release);
    requested_.ring();
    thread_.join();
  }

  /// Any thread.
  void submit(reference_request& request) {
    requests_.send(request_list(request), [this] { requested_.ring(); });
  }

  const wake_event& replied() const noexcept { return replied_; }
  /// What has been done; for one thread at a time, which has silenced replied() before.
  request_list take_replies() { return replies_.take(); }

 private:
  using clock = std::chrono::steady_clock;

  void run(unsigned outstanding, std::promise<void>& ready) {
    std::optional<reference_ring> ring;
    try {
      ring.emplace(outstanding, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
    } catch (...) {
      ready.set_exception(std::current_exception());
      return;
    }
    ready.set_value();
    serve(*ring);
  }

  void serve(reference_ring& ring) {
    std::uint64_t rung = 0;
    ring.stage_read(requested_.get(), &rung);
    while (true) {
      ring.submit_and_wait();
      bool woken = false;
      request_list done;
      ring.reap([&](reference_request* request, int result) {
        if (request == nullptr) {
          woken = true;
          return;
        }
        request->result = result;
        if (request->times != nullptr) request->times->completed = clock::now();
        done.push_back(*request);
      });
      replies_.send(done, [this] { replied_.ring(); });
      if (!woken) continue;
      // Pairs with the destructor.
      if (stopping_.load(std::memory_order_acquire)) return;
      ring.stage_read(requested_.get(), &rung);
      take_requests(ring);
    }
  }

  void take_requests(reference_ring& ring) {
    request_list requests = requests_.take();
    while (!requests.empty()) {
      reference_request& request = requests.pop_front();
      if (request.times != nullptr) request.times->taken = request.times->submitted = clock::now();
      ring.stage(request);
    }
  }

  Queue requests_;
  Queue replies_;
  wake_event requested_;
  wake_event replied_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace shardbridge::bench
