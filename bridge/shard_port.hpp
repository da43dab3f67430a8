// The side of a shard that bridges see: its wake, and the list of connections it serves.
//
// Threads: any but where noted. The list is changed under a lock and its version raised; the shard copies it, under the
// same lock, at the first turn that sees another version, so serving a connection costs no lock.
#pragma once

#include <bridge/connection.hpp>

#include <algorithm>
#include <atomic>
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

  /// The shard's thread: refreshes `known` if it is older than the list.
  void refresh(connections& known, std::uint64_t& known_version) {
    if (version_.load(std::memory_order_acquire) == known_version) return;
    const std::lock_guard lock(mutex_);
    known_version = version_.load(std::memory_order_relaxed);
    known = attached_;
  }

  /// Sticky. The shard answers what it has and ends.
  void request_stop() noexcept {
    stop_requested_.store(true, std::memory_order_release);
    wake_->publish();
  }
  [[nodiscard]] bool stop_requested() const noexcept { return stop_requested_.load(std::memory_order_acquire); }

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
  std::atomic<std::uint64_t> version_{0};
  std::mutex mutex_;
  connections attached_;
};

} // namespace shardbridge::detail
