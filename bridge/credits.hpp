// The credits of all groups of threads, and when there are any.
//
// Threads: as credit.
//
// Invariants
//  1. Credits are handed out only while the bridge is so empty, they themselves counted, that its level of pressure is
//     normal and nobody waits. Whoever would raise the level, wait or be refused takes all of them back first, so that
//     neither level nor limits know of them.
//  2. Each change of what the word counts as credits, by deposit() and drain(), happens between two versions: version()
//     is odd meanwhile.
#pragma once

#include <bridge/credit.hpp>
#include <bridge/thread_number.hpp>

#include <shardbridge/options.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

namespace shardbridge::detail {

class credits {
 public:
  using amount = credit::amount;

  explicit credits(const bridge_options& options)
      : limit_{share(options.max_ops, options), share(options.max_bytes, options)},
        groups_(std::bit_ceil(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_groups))),
        bundle_(std::min<std::uint64_t>(limit_.ops / (4 * groups_), most_ops)),
        all_(std::make_unique<credit[]>(groups_)) {}

  /// Not where so few operations fit that handing them out in advance would not pay.
  [[nodiscard]] bool enabled() const noexcept { return bundle_ > 1; }
  [[nodiscard]] credit& mine() noexcept { return all_[thread_number() & (groups_ - 1)]; }

  /// What to take from the word for an operation of `bytes` and those like it that follow.
  [[nodiscard]] amount bundle(std::uint64_t bytes) const noexcept { return {bundle_, bundle_ * bytes}; }
  /// What the word may count with it.
  [[nodiscard]] amount limit() const noexcept { return limit_; }

  [[nodiscard]] amount drain() noexcept {
    return sum([](credit& each) { return each.drain(); });
  }
  [[nodiscard]] amount left() const noexcept {
    if (!enabled()) return {};
    return sum([](const credit& each) { return each.left(); });
  }
  [[nodiscard]] std::uint64_t accepted() const noexcept {
    std::uint64_t out = 0;
    for (std::size_t each = 0; each < groups_; ++each)
      out += all_[each].accepted.load(std::memory_order_relaxed);
    return out;
  }

  /// Locked: while one lives, what the word counts as credits may not be there, or not yet.
  class change {
   public:
    explicit change(credits& of) noexcept : version_(of.version_) { version_.fetch_add(1, std::memory_order_seq_cst); }
    ~change() { version_.fetch_add(1, std::memory_order_seq_cst); }
    change(const change&) = delete;
    change& operator=(const change&) = delete;

   private:
    std::atomic<std::uint64_t>& version_;
  };
  [[nodiscard]] std::uint64_t version() const noexcept { return version_.load(std::memory_order_seq_cst); }

 private:
  static constexpr std::size_t most_groups = 16;
  static constexpr std::uint64_t most_ops = 16;

  /// Half of what makes the level normal again, or less.
  static std::uint64_t share(std::uint64_t of, const bridge_options& options) noexcept {
    return of * std::min(options.watermarks.throttled.leave, options.watermarks.throttled.enter) / 200;
  }
  template <class Part>
  amount sum(Part part) const {
    amount out{};
    for (std::size_t each = 0; each < groups_; ++each) {
      const amount more = part(all_[each]);
      out.ops += more.ops;
      out.bytes += more.bytes;
    }
    return out;
  }

  const amount limit_;
  const std::size_t groups_;
  const std::uint64_t bundle_;
  const std::unique_ptr<credit[]> all_;
  std::atomic<std::uint64_t> version_{0};
};

} // namespace shardbridge::detail
