// Times one in so many of a bridge's operations: lends them an op_times, and records what is in it when they are
// delivered.
//
// Bounded: so many as times_pool has are timed at once. While all are out, none is picked, so that under a load with
// more than that outstanding fewer than one in so many are timed.
#pragma once

#include <bridge/chance.hpp>
#include <bridge/latency_recorder.hpp>
#include <bridge/times_pool.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/stats.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace shardbridge::detail {

class latency_sampler {
 public:
  /// 0: none are timed, which costs no memory but that of the object. Throws std::bad_alloc.
  explicit latency_sampler(std::uint32_t one_in)
      : chance_(one_in), lending_(one_in != 0 ? std::make_unique<lending>() : nullptr) {}

  /// Any thread, before the operation's first station. One that has the user's times keeps them and is not picked.
  void maybe_lend(operation& op) noexcept {
    if (op.times == nullptr && chance_.comes()) op.times = lending_->pool.take();
  }

  /// Any thread. Whether these must be given back, or dropped.
  [[nodiscard]] bool lent(const op_times* times) const noexcept {
    return lending_ != nullptr && lending_->pool.owns(times);
  }

  /// Records the legs between stations that were both passed. One thread at a time, each ordered after the one before:
  /// the holder of the role that delivers.
  void give_back(op_times* lent) noexcept {
    lending& to = *lending_;
    record(to.waiting, lent->initiated, lent->admitted);
    record(to.lane, lent->admitted, lent->taken);
    record(to.backlog, lent->taken, lent->submitted);
    record(to.in_kernel, lent->submitted, lent->completed);
    record(to.reply, lent->completed, lent->delivered);
    record(to.total, lent->initiated, lent->delivered);
    drop(lent);
  }

  /// Any thread: of an operation that was refused or destroyed. Records nothing.
  void drop(op_times* lent) noexcept { lending_->pool.give_back(lent); }

  /// Any thread. What is recorded meanwhile may be in it in part.
  [[nodiscard]] bridge_latencies snapshot() const {
    if (lending_ == nullptr) return {};
    return {.waiting = lending_->waiting.snapshot(),
            .lane = lending_->lane.snapshot(),
            .backlog = lending_->backlog.snapshot(),
            .in_kernel = lending_->in_kernel.snapshot(),
            .reply = lending_->reply.snapshot(),
            .total = lending_->total.snapshot()};
  }

 private:
  using station = std::chrono::steady_clock::time_point;

  /// The recorders are named as those of bridge_latencies.
  struct lending {
    times_pool pool;
    latency_recorder waiting, lane, backlog, in_kernel, reply, total;
  };

  static void record(latency_recorder& leg, station from, station to) noexcept {
    if (from != station{} && to != station{}) leg.record(to - from);
  }

  const chance chance_;
  const std::unique_ptr<lending> lending_; ///< null: none are timed
};

} // namespace shardbridge::detail
