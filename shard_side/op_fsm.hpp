// What becomes of one submission: an operation SQE, perhaps its linked timeout or a linked sync, perhaps a cancel. No
// I/O; told every event, it answers what to do.
//
// What it must take from the kernel (Linux 6.18, see tests/kernel): the CQEs of operation and timeout come in either
// order; a timeout that could not cancel says ENOENT and the result comes later; one linked to what went to io-wq never
// fires; a cancel may say 0, ENOENT or EALREADY and decides nothing: only the operation's own CQE does. What answers
// again and again marks all its CQEs but the last; a zero-copy send marks its result, and ends with a notification. A
// sync linked behind a write answers after it: ECANCELED unless all was written.
//
// Invariant: after start() exactly one event answers `settled`, when every CQE that is owed has come.
#pragma once

#include <cerrno>
#include <cstdint>

namespace shardbridge::detail {

class op_fsm {
 public:
  enum class action : std::uint8_t { wait, submit_cancel, settled };
  /// Who first wanted it to end early.
  enum class reason : std::uint8_t { none, user, deadline, stop };

  /// What is linked behind the operation.
  enum class link : std::uint8_t { nothing, timeout, sync };

  /// A submission went out. The reason of an earlier submission of the same operation stays.
  void start(link behind) noexcept {
    owed_ = operation_cqe;
    if (behind == link::timeout) owed_ |= timeout_cqe;
    if (behind == link::sync) owed_ |= sync_cqe;
    cancel_sent_ = false;
  }

  /// `more`: it is not the last.
  action on_operation(std::int32_t result, bool more = false) noexcept {
    result_ = result;
    return more ? action::wait : came(operation_cqe);
  }
  /// Of the sync behind a write. `begun`: the kernel has tried it, so that this is the result from here on.
  action on_sync(std::int32_t result, bool begun) noexcept {
    if (begun) result_ = result;
    return came(sync_cqe);
  }
  /// The kernel has let go of what was sent. Its result came before.
  action on_notification() noexcept { return came(operation_cqe); }

  /// ETIME: it fired and cancelled; ENOENT: it fired and could not; ECANCELED: it did not fire.
  action on_timeout(std::int32_t result) noexcept {
    if (result == -ETIME || result == -ENOENT) note(reason::deadline);
    return came(timeout_cqe);
  }

  action on_cancel() noexcept { return came(cancel_cqe); }

  /// The user's cancel, the shard's timer or a stop.
  action interrupt(reason why) noexcept {
    note(why);
    if (cancel_sent_ || !may_be_cancelled()) return action::wait;
    return action::submit_cancel;
  }

  /// The cancel that interrupt() asked for went out. Until then none is owed.
  void cancel_submitted() noexcept {
    cancel_sent_ = true;
    owed_ |= cancel_cqe;
  }

  /// A cancel came back without having found the operation. True: it is owed still, and another cancel may find it.
  [[nodiscard]] bool cancel_missed() noexcept {
    cancel_sent_ = false;
    return operation_owed();
  }

  [[nodiscard]] std::int32_t result() const noexcept { return result_; }
  [[nodiscard]] reason interrupted() const noexcept { return reason_; }
  [[nodiscard]] bool operation_owed() const noexcept { return (owed_ & operation_cqe) != 0; }
  [[nodiscard]] bool sync_owed() const noexcept { return (owed_ & sync_cqe) != 0; }
  [[nodiscard]] bool cancel_owed() const noexcept { return (owed_ & cancel_cqe) != 0; }
  /// Whether a cancel that found no room, or not the operation, still makes sense.
  [[nodiscard]] bool wants_cancel() const noexcept {
    return reason_ != reason::none && may_be_cancelled() && !cancel_sent_;
  }

 private:
  static constexpr std::uint8_t operation_cqe = 1;
  static constexpr std::uint8_t timeout_cqe = 2;
  static constexpr std::uint8_t cancel_cqe = 4;
  static constexpr std::uint8_t sync_cqe = 8;

  [[nodiscard]] bool may_be_cancelled() const noexcept { return (owed_ & (operation_cqe | sync_cqe)) != 0; }
  void note(reason why) noexcept {
    if (reason_ == reason::none) reason_ = why;
  }
  action came(std::uint8_t which) noexcept {
    owed_ = static_cast<std::uint8_t>(owed_ & ~which);
    return owed_ == 0 ? action::settled : action::wait;
  }

  std::int32_t result_ = 0;
  reason reason_ = reason::none;
  std::uint8_t owed_ = 0;
  bool cancel_sent_ = false;
};

} // namespace shardbridge::detail
