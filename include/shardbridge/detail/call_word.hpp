// Which of cancel and end of a call to another shard wins: one atomic word, so that the call goes back to its caller
// exactly once, and no cancel message about it is left behind then.
//
// Threads: cancel() on the shard that called, once; end() by whoever has the request, once; take_cancel() by whoever
// takes the cancel message out of the list that it was posted to, once if cancel() told to post it.
//
//              cancel: post it          take_cancel
//      called -----------------> asked -------------> known           end, from `called` or `known`: answer
//        | end                     | end                | end         end, from `asked`: take_cancel answers
//        v                         v                    v
//      over                      held ---------------> over           cancel, from `over`: nothing is posted
//                                       take_cancel
//
// Invariants
//  1. Each function is one read-modify-write of the word that sets a bit of its own, so they have one order, in which
//     each sees all before it.
//  2. Of end() and take_cancel() the later one of this order answers: it alone sees both bits. Without a cancel message
//     end() does. So there is one answer.
//  3. A cancel() behind end() posts nothing. One before it is seen by end(), which then answers only if the message was
//     taken. So whoever is answered may destroy the call: no list contains a message of it.
//  4. Whoever is not told to answer does not touch the call any more: the other one may have answered.
#pragma once

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

class call_word {
 public:
  /// True: the cancel message must be posted. release: pairs with take_cancel() and end(), which see why.
  [[nodiscard]] bool cancel() noexcept { return (set(asked) & ended) == 0; }
  /// True: it has ended before, and is answered by the caller of this. acquire: pairs with end(), and sees what came of
  /// the call.
  [[nodiscard]] bool take_cancel() noexcept { return (set(known) & ended) != 0; }
  /// True: it is answered by the caller of this; false: by whoever takes the cancel message.
  [[nodiscard]] bool end() noexcept {
    const std::uint32_t before = set(ended);
    return (before & asked) == 0 || (before & known) != 0;
  }

  /// On the shard that called. relaxed: the bit is its own.
  [[nodiscard]] bool cancelled() const noexcept { return (word_.load(std::memory_order_relaxed) & asked) != 0; }

 private:
  static constexpr std::uint32_t asked = 1;
  static constexpr std::uint32_t known = 2;
  static constexpr std::uint32_t ended = 4;

  /// acq_rel: what was done before is seen by whoever finds the bit.
  std::uint32_t set(std::uint32_t bit) noexcept { return word_.fetch_or(bit, std::memory_order_acq_rel); }

  std::atomic<std::uint32_t> word_{0};
};

} // namespace shardbridge::detail
