// A call from one shard to another of its group: an operation there, awaited by a coroutine here, in whose frame all of
// it lies.
//
// Threads: the shard that calls, from its beginning until the request is posted and from the arrival of the answer on;
// in between whoever has the request, but for what the call word and the messages are for.
//
// Invariants
//  1. The request, the cancel and the answer are messages of their own. The cancel is posted behind the request by the
//     same thread, so it arrives behind it.
//  2. The shard that calls expects the answer, and so neither ends nor destroys any coroutine before it has come: not
//     even one that the other shard has called here meanwhile, which could hold up that answer only by an awaitable
//     that is not the library's and knows nothing of stops.
//  3. A message that bounces is as good as answered: the request by why the shard has ended. Different threads may take
//     request and cancel out; the call word decides who answers.
//  4. A shard that calls itself expects nothing: the coroutine that runs is younger than the one that waits for it, and
//     is destroyed first.
#pragma once

#include <shardbridge/detail/call_word.hpp>
#include <shardbridge/detail/deadline.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/message.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/io_options.hpp>

#include <cerrno>
#include <coroutine>
#include <cstddef>

namespace shardbridge::detail {

class call_to_shard : protected operation, private remote_waiter {
 protected:
  call_to_shard(shard_runtime& on, std::size_t from, std::size_t to, const io_options& options)
      : operation(op_code::call, &call_to_shard::ended), remote_waiter(on), request_(*this), cancel_(*this),
        from_(from), to_(to) {
    if (options.timeout || options.deadline)
      deadline = deadline_of({.timeout = options.timeout, .deadline = options.deadline}, no_timeout);
    priority = options.priority;
  }
  ~call_to_shard() = default;

  /// True: it ends without having gone anywhere.
  bool answered_at_once() noexcept {
    if (interrupted(runtime))
      result = runtime.interruption();
    else if (to_ >= runtime.group_size())
      result = {result_kind::system_error, EINVAL, 0};
    else
      return false;
    return true;
  }
  void begin(std::coroutine_handle<> awaiting) noexcept {
    suspend(awaiting);
    if (to_ == from_) return request_.arrive(runtime);
    expect();
    runtime.send(to_, request_);
  }
  /// Throws unless the function was run.
  void throw_unless_run() {
    // Its scope knows why.
    if (result.kind == result_kind::aborted && interrupted(runtime)) result = runtime.interruption();
    throw_unless_success(result, "call");
  }

 private:
  struct request_message final : message {
    explicit request_message(call_to_shard& which) noexcept : call(which) {}
    void arrive(shard_runtime& on) noexcept override {
      call.there_ = &on;
      on.take_call(call);
    }
    void bounce(errc why) noexcept override {
      call.result = op_result::of(why);
      if (call.word_.end()) call.wake();
    }
    call_to_shard& call;
  };
  struct cancel_message final : message {
    explicit cancel_message(call_to_shard& which) noexcept : call(which) {}
    void arrive(shard_runtime& on) noexcept override {
      if (call.word_.take_cancel()) return call.answer(on);
      on.cancel_call(call, call.cause_); // it has not ended, and ends nowhere else
    }
    void bounce(errc) noexcept override {
      if (call.word_.take_cancel()) call.wake();
    }
    call_to_shard& call;
  };

  static void ended(operation& op, bridge_core*, delivery) {
    auto& self = static_cast<call_to_shard&>(op);
    if (self.word_.end()) self.answer(*self.there_);
  }
  void answer(shard_runtime& there) noexcept {
    if (to_ == from_) return runtime.make_ready(*this);
    there.send(from_, *this);
  }

  /// Cancelled, or its shard stops: either way the answer is waited for.
  bool let_go() noexcept override {
    if (word_.cancelled()) return false;
    cause_ = runtime.stopping() ? op_result::of(errc::stopped) : waiter::scope->cause();
    if (!word_.cancel()) return false;
    if (to_ == from_)
      cancel_.arrive(runtime);
    else
      runtime.send(to_, cancel_);
    return false;
  }

  [[nodiscard]] const char* waits_for() const noexcept override { return "call"; }

  request_message request_;
  cancel_message cancel_;
  call_word word_;
  op_result cause_{}; ///< of the cancel, written before it
  shard_runtime* there_ = nullptr;
  const std::size_t from_;
  const std::size_t to_;
};

} // namespace shardbridge::detail
