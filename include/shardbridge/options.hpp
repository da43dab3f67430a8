#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace shardbridge {

class buffer_pool;
class permit;
class sequence;
class shard;

/// A timeout that never fires: overrides a default inherited from file, bridge or group.
inline constexpr std::chrono::nanoseconds no_timeout = std::chrono::nanoseconds::max();

/// What the shards run on. All shards of a group run on the same, and the interface is the same on both: see
/// docs/backends.md for what differs.
enum class backend {
  automatic,   ///< io_uring where it works, which the first shard finds out by completing an operation on a ring; else
               ///< the thread pool, and shard_group::backend_reason() says why.
  io_uring,    ///< io_uring or nothing: construction throws with the reason where it does not work.
  thread_pool, ///< Threads of each shard do what blocks, as many as `io_workers`; epoll(7) tells of sockets and pipes.
               ///< io_uring is not tried. Slower, and what a thread has begun cannot be cancelled.
};

/// How a deadline is watched once the kernel has the operation. Both give the same results: the shard's timer always
/// decides, because the kernel does not arm a linked timeout for what it hands to its worker threads.
enum class timeout_mode {
  linked, ///< A linked timeout (IORING_OP_LINK_TIMEOUT) with the shard's timer behind it; without a ring as `timer`.
  timer,  ///< The shard's timer alone: one SQE and one CQE fewer an operation. What is in the page cache is read a
          ///< quarter faster than with a linked timeout.
};

/// How a shard wakes another shard of its group.
enum class shard_wake {
  eventfd, ///< A write to the other's eventfd, as everybody else wakes it.
  message, ///< IORING_OP_MSG_RING (Linux 5.18), which goes with the shard's next submit and costs no system call of its
           ///< own. The eventfd where the kernel has none.
};

/// Where the levels of pressure of a bridge begin and end, in percent of `max_ops` and of `max_bytes`.
/// 0 < leave <= enter <= 100, and neither of `suspended` below that of `throttled`.
struct watermarks {
  /// Of one level.
  struct mark {
    unsigned enter; ///< at so much, by operations or by bytes
    unsigned leave; ///< below so much, by both
  };
  mark throttled{.enter = 85, .leave = 75}; ///< of `pressure_level::throttled`
  mark suspended{.enter = 95, .leave = 85}; ///< of `pressure_level::suspended`
};

/// Which of two operations goes first where operations wait: for a permit, and on the shard for the kernel. The lesser
/// one is not starved: it gets one turn in eight.
enum class priority {
  normal, ///< one turn in eight while others of high priority wait
  high,   ///< the rest
};

/// Which shard an operation goes to, where `op_options` names none.
enum class placement {
  by_file,      ///< The one that its file was given, each the next in turn. Without a file: the next in turn.
  in_turn,      ///< Each operation to the next: one file is spread over all shards.
  least_loaded, ///< The one that has least in the kernel and waiting for it, as far as shards have told: they tell at
                ///< every turn, so operations initiated together go together.
  nearest,      ///< The one that is pinned to the CPU of the initiating thread, else one that shares a core, a cache or
                ///< a package with it. Pays where threads are pinned, each with a bridge of its own.
};

/// What happens to an operation that finds no free permit.
enum class when_full {
  wait,   ///< It waits, first come, first served, until its deadline; `errc::no_room` if `max_waiters` wait already.
  refuse, ///< It completes at once with `errc::no_room`.
};

/// Options of a `shard_group`. Nonsense throws `std::invalid_argument` naming the option.
struct shard_group_options {
  /// Number of shards: threads, each with a ring of its own. 1 to 1024.
  std::size_t shards = 1;
  /// Operations that one shard can have in the kernel at once; more wait on the shard, in order. 2 to 16384. Each costs
  /// about 400 bytes of ring and table. Every connection that waits to receive, and every listener, takes one.
  unsigned ring_entries = 1024;
  /// Whether each shard is pinned to one CPU of those the process may use: to one of each core before a second one of
  /// any, the last core first.
  bool pin = true;
  /// The CPUs to pin to, shard by shard, round robin; empty: chosen as `pin` says.
  std::vector<int> cpus{};
  /// What the shards run on; shard_group::backend_in_use() tells what that came to.
  shardbridge::backend backend = shardbridge::backend::automatic;
  /// Default for operations whose bridge, file and `op_options` name none.
  std::chrono::nanoseconds timeout = no_timeout;
  /// Who watches the deadlines of operations in the kernel. Both mean the same; `linked` is much dearer.
  shardbridge::timeout_mode timeout_mode = shardbridge::timeout_mode::timer;
  /// The longest a shard with nothing to do looks again before it sleeps, 0 to 1 s; 0: it sleeps at once. It looks only
  /// while it has seen that looking pays: while an operation takes less than this from one look to the next, or
  /// something comes within 5 us, which a wake would cost; then it looks for that long.
  std::chrono::nanoseconds spin = std::chrono::microseconds(50);
  /// Threads that the kernel may start for each shard, to do for it what would block (io-wq): so many for files, and as
  /// many for what may wait for ever. On `backend::thread_pool` threads of the shard's own, for files, of which the
  /// first stays on the shard's CPU. 1 to 4096. More let more of fsync, open and the like go on side by side, and there
  /// more of every transfer that is not cached.
  unsigned io_workers = 16;
  /// How shards wake one another.
  shardbridge::shard_wake shard_wake = shardbridge::shard_wake::eventfd;
  /// Pools whose memory every shard registers with its ring when it starts (io_uring_register_buffers(3)): reads and
  /// writes of memory that lies in one of their buffers, owned or not, then save looking it up and locking it each
  /// time. All of it is allocated and locked in memory for as long as the group lives, which keeps it beyond its pool.
  /// Where that is not allowed (RLIMIT_MEMLOCK; each ring counts it), or there is no ring, it is used as other memory,
  /// and `shard_group::backend_reason()` says so. Only the constructor of the group uses the pointers; none may be
  /// null.
  std::vector<const buffer_pool*> registered_pools{};
  /// Buffers of each shard into which sockets receive what comes for tasks that bring none: the kernel picks one when
  /// something has come, so that a connection that is silent needs no memory. A power of two up to 32768, or 0: none,
  /// and such receives fail with EOPNOTSUPP. While all are in use, what comes stays in the sockets. Memory is used from
  /// when something was received into it.
  unsigned receive_buffers = 128;
  /// Bytes of each: the most that is received at once. 256 to 2^30; of a datagram 144 are not its own.
  std::size_t receive_buffer_bytes = 8192;
  /// Bytes: a send of so many or more is not copied (IORING_OP_SENDMSG_ZC, Linux 6.1). It then ends only when the other
  /// side, or the network card, has them. Nothing: all are copied. Pays for much at a time and over a network card;
  /// over the loopback it costs more.
  std::optional<std::size_t> zero_copy_from{};
  /// How long a stopped shard waits for operations that own their memory (owned buffers, syncs, paths), and the
  /// destructor of an execution context for its own; 0: not at all; `no_timeout`: for ever. What the kernel still has
  /// by then is answered, and quarantined: kept until the kernel lets go, counted in `shard_stats::quarantined`.
  /// Operations on a caller's buffer are waited for without a limit.
  std::chrono::nanoseconds shutdown_timeout = std::chrono::seconds(10);
  /// How long functions that bridges call may run in one turn of a shard's loop, and how long tasks, before the loop
  /// goes on with the rest: with requests, completions and operations to start. One that runs is not interrupted.
  /// Positive. Less makes I/O wait less behind what computes, at the cost of a system call a turn.
  std::chrono::nanoseconds turn_slice = std::chrono::microseconds(100);
  /// Told one line, without its end, when the shards have started: how many, on what and why, see
  /// shard_group::backend_reason(). Called on the thread that constructs the group; what it throws comes out of the
  /// constructor, behind the end of the shards.
  std::function<void(const std::string&)> log{};
  /// Told of an exception of a spawned task that nobody joins, on the shard's thread; must not throw. It is counted in
  /// `shard_stats::task_failures` in any case.
  std::function<void(const std::exception_ptr&)> on_task_failure{};
  /// Called on each shard's thread at the beginning of every turn, until the shard has ended. It may spawn tasks, must
  /// not block, and counts as a function of async_call where a turn stalls. What it throws is told and counted as an
  /// exception of a task that nobody joins. Each shard calls the copy that it has.
  std::function<void(shard&)> on_turn{};
  /// The same each time a shard is about to sleep, when it has nothing to do and has looked again in vain. If something
  /// is ready then, such as a task that was spawned, the shard does not sleep.
  std::function<void(shard&)> on_idle{};
  /// A turn of a shard's loop that takes longer, but for sleep, is counted as a stall, see `shard_stats`. Positive.
  std::chrono::nanoseconds stall_bound = std::chrono::milliseconds(10);
};

/// Options of a bridge. Nonsense throws `std::invalid_argument` naming the option.
struct bridge_options {
  /// Operations accepted at once, from permit to reply. 1 to 2^21 - 1. Raising it raises memory and queueing time.
  std::size_t max_ops = 1024;
  /// Bytes of their buffers, likewise. 1 to 2^40 - 1. A single operation above it fails with `errc::too_large`.
  std::size_t max_bytes = std::size_t{256} << 20;
  /// Operations that may wait for a permit. 0 refuses as `when_full::refuse` does.
  std::size_t max_waiters = 65536;
  /// Of `max_ops`, how many are kept from reads that may wait for ever: those of pipes, sockets and the like. 0 to
  /// max_ops - 1; with 0 such reads can keep out what would satisfy them.
  std::size_t reserved_ops = 0;
  /// What becomes of operations that find no room.
  shardbridge::when_full when_full = shardbridge::when_full::wait;
  /// Where the levels of pressure begin and end. Lower ones warn earlier.
  shardbridge::watermarks watermarks{};
  /// Which shard operations go to whose file and `op_options` name none.
  shardbridge::placement placement = shardbridge::placement::by_file;
  /// Default for operations whose file and `op_options` name none; nothing: the group's.
  std::optional<std::chrono::nanoseconds> timeout{};
  /// Whether a read of a regular file that is not `direct` is tried on the initiating thread first, without waiting for
  /// a device (preadv2(2), RWF_NOWAIT). What is in the page cache then needs no shard and no permit, and counts in
  /// `bridge_stats::cached_reads` alone; the handler runs as always. Each file finds out whether it pays and leaves it
  /// where it does not. Such a read may overtake what was initiated before it, so that one in a `sequence` is never
  /// tried, nor one with a permit taken before. The initiating function copies the bytes: a millisecond for some
  /// megabytes.
  bool cached_reads = false;
  /// The longest the thread that delivers replies looks for more before it waits for the eventfd, 0 to 1 s, as
  /// shard_group_options::spin. Meanwhile it runs no other handler of the execution context.
  std::chrono::nanoseconds spin = std::chrono::microseconds(50);
  /// One in so many operations, picked at random, is timed for `bridge_stats::latencies`; 0: none. Timing one costs the
  /// reading of a clock six times.
  std::uint32_t sampling = 64;
};

/// When an operation passed the stations of its way; a station it did not pass keeps the clock's epoch.
struct op_times {
  std::chrono::steady_clock::time_point initiated{}; ///< on the initiating thread
  std::chrono::steady_clock::time_point admitted{};  ///< with a permit
  std::chrono::steady_clock::time_point taken{};     ///< by the shard, from the request lane
  std::chrono::steady_clock::time_point submitted{}; ///< to the kernel's ring, the first time
  std::chrono::steady_clock::time_point completed{}; ///< on the shard, with a result
  std::chrono::steady_clock::time_point delivered{}; ///< to the handler's executor
};

/// Options of one operation: an optional argument before the completion token of every initiating function.
struct op_options {
  /// From initiation to the end of the operation, over waiting, queue and kernel. Nothing: the file's, else the
  /// bridge's, else the group's default. Zero or less has expired already.
  std::optional<std::chrono::nanoseconds> timeout{};
  /// The same as an absolute time; the earlier of both counts.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  /// Cancels the operation when stop is requested, from any thread.
  std::stop_token stop_token{};
  /// Whether it goes before others where operations wait. Nothing: the file's, else normal.
  std::optional<shardbridge::priority> priority{};
  /// The shard to run on; nothing: as `placement` says.
  std::optional<std::size_t> shard{};
  /// How its shard is chosen. Nothing: the file's, else the bridge's.
  std::optional<shardbridge::placement> placement{};
  /// One of the same bridge: the operation runs on its shard and in its order. It stays the caller's, who keeps it
  /// until the initiating function returns.
  shardbridge::sequence* sequence = nullptr;
  /// Filled in as the operation goes on, at the cost of reading the clock. It stays the caller's, who keeps it until
  /// the handler runs.
  op_times* times = nullptr;
  /// Taken before with basic_bridge::try_acquire() of the same bridge: the operation uses it up and is not refused,
  /// unless it has more bytes or is a read that may wait for ever on a bridge with `reserved_ops`; then it gives it
  /// back and is admitted like any other. The first operation takes it, another finds it empty.
  shardbridge::permit* permit = nullptr;
};

} // namespace shardbridge
