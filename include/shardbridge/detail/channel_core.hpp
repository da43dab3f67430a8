// What a channel decides, and what awaits it.
//
// Threads: the shard's own.
//
// Invariants
//  1. Receivers wait only while there is no value and no sender waits; senders wait only while there is no room and no
//     receiver waits. So who comes when somebody waits on its own side never goes first.
//  2. When it is closed nobody waits.
//  3. A value that is handed over is in its receiver: what becomes of the channel, or of the receiver's scope, does not
//     touch it.
#pragma once

#include <shardbridge/detail/bounded_queue.hpp>
#include <shardbridge/detail/gone.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/wait_queue.hpp>

#include <coroutine>
#include <cstddef>
#include <optional>
#include <utility>

namespace shardbridge::detail {

template <class T>
class channel_core;

template <class T>
class send_awaiter final : private queued_waiter {
 public:
  send_awaiter(shard_runtime& on, channel_core<T>& to, T&& value) noexcept
      : queued_waiter(on), to_(to), value_(std::move(value)) {}

  bool await_ready() noexcept {
    if (interrupted(runtime)) return true;
    end_ = to_.send(value_);
    return end_ != wait_end::none;
  }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { wait_in(to_.senders_, awaiting); }
  void await_resume() const {
    if (end_ == wait_end::none) throw_if_interrupted(runtime, "send");
    if (end_ == wait_end::gone) throw_gone("send");
  }

 private:
  friend channel_core<T>;

  [[nodiscard]] const char* waits_for() const noexcept override { return "send"; }

  channel_core<T>& to_;
  T value_;
};

template <class T>
class receive_awaiter final : private queued_waiter {
 public:
  receive_awaiter(shard_runtime& on, channel_core<T>& from) noexcept : queued_waiter(on), from_(from) {}

  bool await_ready() noexcept {
    if (interrupted(runtime)) return true;
    end_ = from_.receive(value_);
    return end_ != wait_end::none;
  }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { wait_in(from_.receivers_, awaiting); }
  std::optional<T> await_resume() {
    if (end_ == wait_end::none) throw_if_interrupted(runtime, "receive");
    return std::move(value_);
  }

 private:
  friend channel_core<T>;

  [[nodiscard]] const char* waits_for() const noexcept override { return "receive"; }

  channel_core<T>& from_;
  std::optional<T> value_;
};

template <class T>
class channel_core {
 public:
  channel_core(shard_runtime& on, std::size_t capacity) : queue(capacity), senders_(on), receivers_(on) {}
  ~channel_core() { close(); }
  channel_core(const channel_core&) = delete;
  channel_core& operator=(const channel_core&) = delete;

  /// None: there is no room, and `value` is as it was. So where it is closed.
  wait_end send(T& value) noexcept {
    if (closed_) return wait_end::gone;
    if (queued_waiter* const first = receivers_.front()) {
      static_cast<receive_awaiter<T>*>(first)->value_.emplace(std::move(value));
      receivers_.end_first(wait_end::served);
      return wait_end::served;
    }
    if (queue.full()) return wait_end::none;
    queue.push_back(std::move(value));
    return wait_end::served;
  }
  /// None: there is no value. Gone: and there will be none.
  wait_end receive(std::optional<T>& into) noexcept {
    queued_waiter* const first = senders_.front();
    if (!queue.empty()) {
      into.emplace(queue.pop_front());
      if (first != nullptr) queue.push_back(std::move(static_cast<send_awaiter<T>*>(first)->value_));
    } else if (first != nullptr) {
      into.emplace(std::move(static_cast<send_awaiter<T>*>(first)->value_));
    } else {
      return closed_ ? wait_end::gone : wait_end::none;
    }
    if (first != nullptr) senders_.end_first(wait_end::served);
    return wait_end::served;
  }
  void close() noexcept {
    closed_ = true;
    senders_.end_all(wait_end::gone);
    receivers_.end_all(wait_end::gone);
  }
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  bounded_queue<T> queue;

 private:
  friend send_awaiter<T>;
  friend receive_awaiter<T>;

  wait_queue senders_;
  wait_queue receivers_;
  bool closed_ = false;
};

} // namespace shardbridge::detail
