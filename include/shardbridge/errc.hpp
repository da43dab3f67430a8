#pragma once

namespace shardbridge {

/// What the bridge itself can answer an operation with. Failures of the kernel keep their errno in
/// `boost::system::system_category`, and a cancellation by the user is `boost::asio::error::operation_aborted`.
enum class errc {
  /// Refused: no permit was free and the bridge refuses when full, or its queue of waiters was full.
  no_room = 1,
  /// Refused: the operation is larger than `bridge_options::max_bytes`, so it could never be admitted, or as many units
  /// of a semaphore are wanted as it never has.
  too_large,
  /// The deadline passed while the operation waited for a permit. Nothing was done. Equals `std::errc::timed_out`.
  expired_waiting,
  /// The deadline passed before the shard could start the operation. Nothing was done. Equals `std::errc::timed_out`.
  expired_queued,
  /// The deadline passed after the operation was handed to the kernel. Bytes already moved are reported; a write or
  /// sync may or may not have taken effect. Or it was that of a task, and what the task waited for was cancelled.
  /// Equals `std::errc::timed_out`.
  expired_in_flight,
  /// The user cancelled after the kernel had started, or a stopped shard waited for it in vain: it may or may not have
  /// taken effect, now or later.
  outcome_unknown,
  /// Refused or not started: the bridge or the shard group was stopped.
  stopped,
  /// The shard that held the operation failed.
  shard_failed,
  /// Refused: offset, length or address of a direct operation is not aligned as the file demands.
  misaligned,
};

} // namespace shardbridge
