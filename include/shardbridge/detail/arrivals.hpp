// What comes for an open socket without being asked for each time: connections, bytes, datagrams; and who waits for it.
//
// Threads: the shard's own.
//
// Invariants
//  1. Nobody waits while something is kept.
//  2. While the kernel has the request, or is about to be asked again, it is kept by itself, whoever lets it go.
#pragma once

#include <shardbridge/detail/arrival_waiter.hpp>
#include <shardbridge/detail/local_ref.hpp>
#include <shardbridge/detail/multishot.hpp>
#include <shardbridge/detail/multishot_fsm.hpp>

#include <cerrno>

namespace shardbridge::detail {

class arrivals : public multishot, private buffer_waiter {
 public:
  virtual ~arrivals() {
    if (fsm_.starved()) runtime.forget_buffer(*this);
  }

  /// Nothing has come that was not taken.
  [[nodiscard]] virtual bool empty() const noexcept = 0;
  /// Why nothing will come any more; success: something may.
  [[nodiscard]] const op_result& over() const noexcept { return over_; }
  /// Nothing has come, nothing is on its way, and nothing speaks against it.
  [[nodiscard]] bool untouched() const noexcept { return empty() && fsm_.idle() && over_.kind == result_kind::success; }

  void wait(arrival_waiter& who, std::coroutine_handle<> awaiting) noexcept {
    who.wait_for_arrival(waiting_, awaiting);
    act(fsm_.wanted());
  }
  /// Nobody wants it any more: what was not taken is dropped, who waits is told `why`.
  void close(const op_result& why) noexcept {
    if (over_.kind == result_kind::success) over_ = why;
    fail_all();
    drop_all();
    if (fsm_.starved()) runtime.forget_buffer(*this);
    act(fsm_.close());
  }

  /// The same where its owner has gone. What is bound to it is cancelled.
  virtual void abandon() noexcept {
    constexpr op_result aborted{result_kind::aborted, 0, 0};
    close(aborted);
    if (bound_) bound_->scope.cancel(aborted);
  }

  /// For tasks that are bound to it. Throws std::bad_alloc.
  const local_ref<bound_tasks>& bound() {
    if (!bound_) bound_ = local_ref(new bound_tasks);
    return bound_;
  }

  std::uint32_t references = 0;

 protected:
  arrivals(shard_runtime& on, op_code what) noexcept : multishot(on, what), waiting_(on) {}

  /// True: there is no room for more. `waited`: it is going to be taken at once.
  virtual bool keep(const arrival& what, bool waited) noexcept = 0;
  virtual void drop(const arrival& what) noexcept = 0;
  virtual void drop_all() noexcept = 0;
  /// What the kernel said at the end means for those that wait.
  [[nodiscard]] virtual multishot_fsm::end meaning_of_end() noexcept = 0;

  /// The first who waits is told, and may try again.
  void fail_first() noexcept {
    if (waiting_.empty()) return;
    static_cast<arrival_waiter*>(waiting_.front())->failure = result;
    waiting_.end_first(wait_end::gone);
  }

 private:
  void arrived(const arrival& what) noexcept final {
    if (fsm_.closed()) return drop(what);
    const bool full = keep(what, !waiting_.empty());
    while (!empty() && !waiting_.empty()) {
      static_cast<arrival_waiter*>(waiting_.front())->take();
      waiting_.end_first(wait_end::served);
    }
    if (full && !empty()) act(fsm_.filled());
  }
  void ended() noexcept final {
    const local_ref<arrivals> kept = std::exchange(self_, {});
    const multishot_fsm::end why = fsm_.closed() ? multishot_fsm::end::over : meaning_of_end();
    if (why == multishot_fsm::end::over) {
      if (over_.kind == result_kind::success) over_ = result;
      fail_all();
    }
    act(fsm_.ended(why, !waiting_.empty()));
  }
  void buffer_came() noexcept final { act(fsm_.fed(!waiting_.empty())); }

  void act(multishot_fsm::action what) noexcept {
    switch (what) {
    case multishot_fsm::action::nothing:
      return;
    case multishot_fsm::action::arm:
      self_ = local_ref(this);
      return arm();
    case multishot_fsm::action::disarm:
      return disarm();
    case multishot_fsm::action::await_buffer:
      return runtime.await_buffer(*this);
    }
  }
  void fail_all() noexcept {
    while (!waiting_.empty()) {
      static_cast<arrival_waiter*>(waiting_.front())->failure = over_;
      waiting_.end_first(wait_end::gone);
    }
  }

  multishot_fsm fsm_;
  wait_queue waiting_; ///< arrival_waiters
  op_result over_{};
  local_ref<arrivals> self_;
  local_ref<bound_tasks> bound_; ///< there from the first on
};

} // namespace shardbridge::detail
