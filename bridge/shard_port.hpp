// The side of a shard that others see: its wake, the list of connections it serves, and the messages posted to it.
//
// Threads: any but where noted. The list is changed under a lock and its version raised; the shard copies it, under the
// same lock, at the first turn that sees another version, so serving a connection costs no lock.
//
// Messages are a list that many push to and whose taker takes all at once. Whoever pushes publishes on the wake behind
// it. If that tells him that the shard is closed, he bounces what he finds in the list; the shard does so once behind
// its close. One of the two comes behind the push, so none is left, and taking is one exchange, so none goes twice.
#pragma once

#include <bridge/connection.hpp>

#include <shardbridge/detail/shard_runtime.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace shardbridge::detail {

class shard_port {
 public:
  using connections = std::vector<std::shared_ptr<connection>>;

  void attach(std::shared_ptr<connection> joined) {
    const std::lock_guard lock(mutex_);
    attached_.push_back(std::move(joined));
    version_.fetch_add(1, std::memory_order_release);
  }

  /// The shard forgets it at its next turn; nothing may be on its way any more.
  void detach(const connection& joined) {
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(attached_, [&](const auto& each) { return each.get() == &joined; });
      version_.fetch_add(1, std::memory_order_release);
    }
    wake_->publish();
  }

  /// The shard's thread: refreshes `known` if it is older than the list. False: it is not.
  bool refresh(connections& known, std::uint64_t& known_version) {
    if (version_.load(std::memory_order_acquire) == known_version) return false;
    const std::lock_guard lock(mutex_);
    known_version = version_.load(std::memory_order_relaxed);
    known = attached_;
    return true;
  }

  /// Any thread. The shard must be waiting for it: `what`, and the port with its group, may be gone when this returns.
  void post(message& what) noexcept {
    const std::shared_ptr<wake_side> wake = wake_;
    push(what);
    static_cast<void>(wake->publish());
  }
  /// Any thread; a publish must follow.
  void push(message& what) noexcept {
    // release: what was done before is seen by whoever takes it.
    what.next_message = posted_.load(std::memory_order_relaxed);
    while (!posted_.compare_exchange_weak(what.next_message, &what, std::memory_order_release,
                                          std::memory_order_relaxed)) {
    }
  }
  /// The shard's thread; any once it is closed.
  [[nodiscard]] message_list take_messages() noexcept {
    if (posted_.load(std::memory_order_relaxed) == nullptr) return {};
    return message_list(posted_.exchange(nullptr, std::memory_order_acquire));
  }

  /// The shard's thread, or any if there is none: the shard takes nothing more.
  void close_and_bounce(errc why) noexcept {
    closed_by_ = why;
    wake_->word().close();
    bounce_messages();
  }
  /// Of a shard that is closed, as the caller knows by a publish.
  void bounce_messages() noexcept {
    message_list all = take_messages();
    while (message* const each = all.pop_front())
      each->bounce(closed_by_);
  }

  /// Sticky. The shard answers what it has and ends.
  void request_stop() noexcept {
    stop_requested_.store(true, std::memory_order_release);
    wake_->publish();
  }
  [[nodiscard]] bool stop_requested() const noexcept { return stop_requested_.load(std::memory_order_acquire); }

  /// What it has in the kernel and waiting for it. relaxed: a hint.
  void tell_load(std::size_t operations) noexcept { load_.store(operations, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t load() const noexcept { return load_.load(std::memory_order_relaxed); }

  [[nodiscard]] wake_side& wake() noexcept { return *wake_; }
  [[nodiscard]] const std::shared_ptr<wake_side>& shared_wake() const noexcept { return wake_; }

  /// The descriptor of its ring, for messages of other shards; -1: it takes none. The ring outlives all shards of the
  /// group, so that the number is never another file's. relaxed: a number, which guards nothing.
  void set_ring(int descriptor) noexcept { ring_.store(descriptor, std::memory_order_relaxed); }
  [[nodiscard]] int ring() const noexcept { return ring_.load(std::memory_order_relaxed); }

 private:
  const std::shared_ptr<wake_side> wake_ = std::make_shared<wake_side>();
  std::atomic<int> ring_{-1};
  std::atomic<bool> stop_requested_{false};
  std::atomic<std::size_t> load_{0};
  std::atomic<message*> posted_{nullptr};
  errc closed_by_ = errc::stopped; ///< before the close of the wake word, which makes it seen
  std::atomic<std::uint64_t> version_{0};
  std::mutex mutex_;
  connections attached_;
};

} // namespace shardbridge::detail
