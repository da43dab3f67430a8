// The cancel word of an operation: makes it safe to cancel from any thread while the shard may be ending it.
//
// Threads: request() from any thread that keeps the operation alive on the Asio side; publish() by the initiator before
// the push; settle() by whoever ends the operation.
//
// Invariants
//  1. A cancel message (a tagged pointer on the request lane) is sent only by a request() that answered `send`, which
//     happens only between publish() and settle(): afterwards nobody sends one.
//  2. settle() tells how many were sent. The operation is handed back only when that many have been consumed, so no
//     message ever points to an operation that no longer exists.
//  3. At most two are sent, one of each kind, the weaker first: to ask again for as much or less changes nothing.
//  4. A request before publish() is remembered and found by publish().
#pragma once

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

enum class cancel_kind : std::uint8_t {
  unless_started, ///< cancellation_type::total on an operation with side effects
  any
};

class cancel_word {
 public:
  enum class requested : std::uint8_t {
    remembered, ///< publish() will find it
    send,       ///< the caller sends one message
    nothing_new ///< settled, or asked for before
  };

  /// acq_rel: what the canceller did before is seen by the shard that finds the request; pairs with wants() and
  /// settle().
  requested request(cancel_kind kind) noexcept {
    std::uint32_t old = word_.load(std::memory_order_relaxed);
    for (;;) {
      const bool send = (old & published_bit) != 0;
      if ((old & settled_bit) != 0 || (send && (old & (bit(kind) | any_bit)) != 0)) return requested::nothing_new;
      const std::uint32_t wanted = (old | bit(kind)) + (send ? one_message : 0);
      if (word_.compare_exchange_weak(old, wanted, std::memory_order_acq_rel, std::memory_order_relaxed))
        return send ? requested::send : requested::remembered;
    }
  }

  /// Before the operation is pushed. False: it was cancelled already and must not be pushed, and no message will ever
  /// name it.
  [[nodiscard]] bool publish() noexcept {
    std::uint32_t old = word_.load(std::memory_order_relaxed);
    for (;;) {
      const bool cancelled = (old & any_request) != 0;
      const std::uint32_t wanted = old | (cancelled ? settled_bit : published_bit);
      if (word_.compare_exchange_weak(old, wanted, std::memory_order_acq_rel, std::memory_order_relaxed))
        return !cancelled;
    }
  }

  /// Whether a request of this kind was made; acquire: pairs with request().
  [[nodiscard]] bool wants(cancel_kind kind) const noexcept {
    return (word_.load(std::memory_order_acquire) & bit(kind)) != 0;
  }
  [[nodiscard]] bool wanted() const noexcept { return (word_.load(std::memory_order_acquire) & any_request) != 0; }

  /// The number of cancel messages ever sent. Idempotent.
  std::uint32_t settle() noexcept { return word_.fetch_or(settled_bit, std::memory_order_acq_rel) / one_message; }

 private:
  static constexpr std::uint32_t settled_bit = 1;
  static constexpr std::uint32_t published_bit = 2;
  static constexpr std::uint32_t one_message = 256;
  static constexpr std::uint32_t any_bit = 4;
  static constexpr std::uint32_t unless_started_bit = 8;
  static constexpr std::uint32_t any_request = any_bit | unless_started_bit;
  static constexpr std::uint32_t bit(cancel_kind kind) noexcept {
    return kind == cancel_kind::any ? any_bit : unless_started_bit;
  }

  std::atomic<std::uint32_t> word_{0};
};

} // namespace shardbridge::detail
