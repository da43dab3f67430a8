// The one node in which the two runtimes meet: filled in and owned by the Asio side until it is pushed on a request
// lane, by the shard until it is pushed on a reply lane, and by the Asio side again from there.
#pragma once

#include <shardbridge/detail/cancel_word.hpp>
#include <shardbridge/errc.hpp>
#include <shardbridge/options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

namespace shardbridge {
class owned_buffer;
class shard;
} // namespace shardbridge

namespace shardbridge::detail {

class bridge_core;
class cancel_scope;
class descriptor;
class ordered_lane;
struct connection;

enum class op_code : std::uint8_t {
  read,
  write,
  sync_all,
  sync_data,
  open,
  close,
  size,
  resize,
  allocate,
  advise,
  rename,
  unlink,
  make_directory,
  status, // of a path
  call,
  wait_level, // on the bridge itself: never goes to a shard
  nop,        // through the ring, for nothing but the way there and back
  accept,     // again and again
  connect,
  receive,      // into the caller's memory, what is there
  receive_many, // again and again, into memory that the kernel picks
  receive_from, // the same of datagrams
  send,         // all of it
  send_to,      // a datagram
  poll,
  cancel_file,   // to the shard itself, no reply: cancel what is older than the file's epoch
  cancel_bridge, // to the shard itself, no reply: cancel all that came over the same connection
};

enum class result_kind : std::uint8_t { success, system_error, bridge_error, end_of_file, aborted, already_open };

/// What the shard found out: neutral, since the shard's side knows no boost::system.
struct op_result {
  result_kind kind = result_kind::success;
  std::int32_t error = 0;  ///< errno or errc, as `kind` says
  std::uint64_t value = 0; ///< bytes moved, a size, a descriptor

  static constexpr op_result of(errc code, std::uint64_t value = 0) noexcept {
    return {result_kind::bridge_error, static_cast<std::int32_t>(code), value};
  }
  friend constexpr bool operator==(const op_result&, const op_result&) noexcept = default;
};

/// Memory the kernel reads or writes beside buffers.
struct kernel_arguments {
  std::string path;
  struct ::statx status {};
  std::string new_path; ///< of a rename
};

/// A sync that follows a write, in one submission: the kernel begins it when all is written, and not at all otherwise.
struct linked_sync {
  op_code code = op_code::sync_data;
  bool written = false;    ///< all is, so that the operation's result is the sync's; else it is the write's
  std::uint64_t bytes = 0; ///< that are written
};

inline constexpr std::int64_t never = INT64_MAX;      ///< the deadline of an operation without one
inline constexpr std::int64_t before_all = INT64_MIN; ///< earlier than the deadline of any operation

class operation {
 public:
  enum class delivery : std::uint8_t {
    invoke,    ///< on the bridge's executor, from its drain: the handler may run at once
    post,      ///< from anywhere: the handler must not run inside this call
    immediate, ///< the same, inside the initiating function: where the handler allows it, it runs at once
    destroy    ///< everything is freed, the handler is not called
  };
  using deliver_function = void (*)(operation&, bridge_core*, delivery);
  /// False: a task goes on with it, and ends it by shard_runtime::end_call().
  using run_function = bool (*)(operation&, shard&);

  operation(op_code what, deliver_function how) noexcept : code(what), deliver_(how) {}
  operation(const operation&) = delete;
  operation& operator=(const operation&) = delete;

  /// Ends the operation; it does not exist afterwards. `core` may be null for `destroy`.
  void deliver(bridge_core* core, delivery how) {
    if (how != delivery::destroy) stamp(&op_times::delivered);
    deliver_(*this, core, how);
  }

  /// Where times are asked for, notes that the operation is at this station.
  void stamp(std::chrono::steady_clock::time_point op_times::*station) const noexcept {
    if (times != nullptr) times->*station = std::chrono::steady_clock::now();
  }

  /// Whether an answer may be given while the kernel still works on it: none of the caller's memory is involved.
  [[nodiscard]] bool detachable() const noexcept {
    return is_sync() || code == op_code::open || code == op_code::close || code == op_code::size ||
           code == op_code::resize || code == op_code::allocate || code == op_code::advise || works_on_path() ||
           buffer != nullptr;
  }
  [[nodiscard]] bool is_sync() const noexcept { return code == op_code::sync_all || code == op_code::sync_data; }
  /// Ends with a sync.
  [[nodiscard]] bool syncs() const noexcept { return is_sync() || then != nullptr; }
  /// Has no file.
  [[nodiscard]] bool works_on_path() const noexcept {
    return code == op_code::rename || code == op_code::unlink || code == op_code::make_directory ||
           code == op_code::status;
  }
  [[nodiscard]] static bool moves_bytes(op_code code) noexcept {
    return code == op_code::read || code == op_code::write || code == op_code::receive || sends(code);
  }
  /// Changes nothing, wherever it is interrupted.
  [[nodiscard]] static bool only_reads(op_code code) noexcept {
    return code == op_code::read || code == op_code::size || code == op_code::status || code == op_code::advise ||
           waits_for_others(code);
  }
  /// On a socket or the like, for what others do or do not: perhaps for ever.
  [[nodiscard]] static bool waits_for_others(op_code code) noexcept {
    return code == op_code::accept || code == op_code::connect || code == op_code::receive || code == op_code::poll ||
           receives_into_provided(code);
  }
  /// The kernel answers it again and again: see multishot.
  [[nodiscard]] static bool answered_often(op_code code) noexcept {
    return code == op_code::accept || receives_into_provided(code);
  }
  [[nodiscard]] static bool receives_into_provided(op_code code) noexcept {
    return code == op_code::receive_many || code == op_code::receive_from;
  }
  [[nodiscard]] static bool sends(op_code code) noexcept { return code == op_code::send || code == op_code::send_to; }
  [[nodiscard]] static bool on_disk(op_code code) noexcept { return !waits_for_others(code) && !sends(code); }

  // What to do. Written by the Asio side before the push. The order is that of use: what every operation needs lies
  // together, since each cache line of it must come from the core that wrote it.
  op_code code;
  bool cancellable = false; ///< a cancellation may come through `cancel`
  bool silent = false;      ///< the shard frees it itself: no permit, no reply
  bool patient = false;     ///< it may wait for ever: a read of a pipe, a receive
  shardbridge::priority priority = shardbridge::priority::normal;
  /// O_* of an open, the permissions of a folder that is made, what an allocate or advise does, POLL* of a poll.
  std::int32_t mode = 0;
  std::uint32_t shard_index = 0;
  std::uint32_t iovec_count = 0;
  iovec* iovecs = nullptr;       ///< advanced by the shard as bytes move
  std::uint64_t offset = 0;      ///< in the file; the new size for resize; the descriptor for poll
  std::uint64_t length = 0;      ///< of the range that an allocate or advise is about
  std::uint64_t bytes = 0;       ///< of all iovecs: what it counts against the byte limit
  std::int64_t deadline = never; ///< steady clock, nanoseconds
  op_times* times = nullptr;     ///< the user's, or nothing
  descriptor* file = nullptr;    ///< kept by the request behind the operation
  std::uint64_t epoch = 0;       ///< of the file when the operation was initiated
  linked_sync* then = nullptr;   ///< of a write: what follows; kept by the request behind the operation
  msghdr* message = nullptr;     ///< of a socket: addresses, and buffers; kept by the request behind it
  // What the kernel may still use when it has been answered: moves to the shard then.
  std::unique_ptr<kernel_arguments> arguments;

  // What came of it. Written by whoever ends it.
  op_result result{result_kind::aborted, 0, 0};

  cancel_word cancel;

  // Scratch of the present owner: a queue of waiters or of the shard's backlog, a deadline heap, a slot.
  enum class place : std::uint8_t { nowhere, waiting, waiting_aside, backlog, task, parked, slot, held };
  place where = place::nowhere;
  std::uint32_t heap_index = UINT32_MAX;
  std::uint32_t slot_index = UINT32_MAX;
  operation* previous = nullptr;
  operation* next = nullptr;
  detail::connection* joined = nullptr; ///< where the reply goes, set by the shard; null: it is the shard's own

  // What some have.
  std::uint32_t cancels_taken = 0;     ///< cancel messages the shard has consumed
  owned_buffer* buffer = nullptr;      ///< the request's, of a read or write; null: the bytes are the caller's
  std::shared_ptr<ordered_lane> order; ///< of a sequence; null: the initiating thread's
  run_function run = nullptr;          ///< of a call
  void* subject = nullptr;             ///< of a call: what `run` works on
  cancel_scope* scope = nullptr;       ///< of a task that goes on with a call

 protected:
  ~operation() = default;

 private:
  deliver_function deliver_;
};

} // namespace shardbridge::detail
