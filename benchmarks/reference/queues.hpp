#pragma once

#include "request.hpp"

#include <atomic>
#include <mutex>

namespace shardbridge::bench {

// Each is a queue in one direction: any thread sends, one takes all there is. `wake` is called when the taker is owed
// a wake, behind what it is to find.

/// No lock, and no idea of who sleeps: a wake for every request.
///
/// A stack that is taken whole and turned round: nothing is popped from it, so there is no ABA.
class wake_each_queue {
 public:
  template <class Wake>
  void send(request_list batch, Wake wake) {
    while (!batch.empty()) {
      reference_request& one = batch.pop_front();
      one.next = top_.load(std::memory_order_relaxed);
      // Pairs with take(): it sees what the request says.
      while (!top_.compare_exchange_weak(one.next, &one, std::memory_order_release, std::memory_order_relaxed)) {
      }
      wake();
    }
  }

  request_list take() noexcept {
    request_list all;
    // Pairs with send(). Those below the top were pushed by read-modify-writes of the same word, so they are seen too.
    for (reference_request* each = top_.exchange(nullptr, std::memory_order_acquire); each != nullptr;) {
      reference_request& one = *each;
      each = one.next;
      all.push_front(one);
    }
    return all;
  }

 private:
  std::atomic<reference_request*> top_{nullptr};
};

/// A mutex around a list: a wake for what comes when it is empty.
class locked_queue {
 public:
  template <class Wake>
  void send(request_list batch, Wake wake) {
    if (batch.empty()) return;
    std::unique_lock lock(mutex_);
    const bool owed = list_.empty();
    list_.append(batch);
    lock.unlock();
    if (owed) wake();
  }

  request_list take() {
    const std::lock_guard lock(mutex_);
    return list_.take();
  }

 private:
  std::mutex mutex_;
  request_list list_;
};

} // namespace shardbridge::bench
