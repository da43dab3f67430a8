// How a worker opens and reads files: through bridges to shards, or, to compare, on threads with pread(2).
//
// An open that finds every folder of the path in the kernel's caches is done at once, on the worker's thread: it takes
// less time than handing it over. Any other may wait for the disk, and is a function on a shard that has nothing else
// to do, since a function that blocks would hold up the reads of a shard that reads. Both ways are bounded by a bridge.
//
// Threads: the worker's.
#pragma once

#include "net.hpp"
#include "open_beneath.hpp"
#include "options.hpp"

#include <shardbridge/shardbridge.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace http_file_server {

/// ETIMEDOUT for what missed its deadline, EBUSY for what a bridge refused or has stopped.
[[nodiscard]] int errno_of(const boost::system::error_code& failed) noexcept;

/// What all workers share: the threads that wait for the disk.
struct disk_threads {
  explicit disk_threads(const options& from);

  std::optional<shardbridge::shard_group> readers; ///< engine::bridge
  std::optional<shardbridge::shard_group> openers; ///< likewise
  std::optional<asio::thread_pool> pool;           ///< engine::pool
};

/// A file that was opened, to be read.
class disk_file {
 public:
  using bridged = shardbridge::basic_random_access_file<executor>;

  opened_file facts;
  std::optional<bridged> through_bridge; ///< which has the descriptor then
};

class disk {
 public:
  using bridge = shardbridge::basic_bridge<executor>;
  using buffer = shardbridge::owned_buffer;

  disk(asio::io_context& context, disk_threads& on, const options& from, int root);

  /// Of what reads; a pool is always normal.
  [[nodiscard]] shardbridge::pressure_level level() const noexcept {
    return reading_ ? reading_->level() : shardbridge::pressure_level::normal;
  }
  /// Until it is no longer throttled, for as long as a read may take.
  [[nodiscard]] awaitable<> while_throttled();

  /// Without waiting; EAGAIN: by open() alone.
  [[nodiscard]] opened_file open_cached(const std::string& path) const {
    return open_beneath(root_, path, direct_, lookup::cached);
  }
  [[nodiscard]] awaitable<opened_file> open(std::string path);

  /// Makes an opened file readable; `facts.error` tells if that failed.
  void adopt(disk_file& file);

  /// Room for a read that is not to be refused or to wait; empty if there is none. The pool has always room.
  [[nodiscard]] std::optional<shardbridge::permit> try_acquire(std::size_t bytes) {
    if (!reading_) return shardbridge::permit();
    shardbridge::permit room = reading_->try_acquire(bytes);
    return room ? std::optional(std::move(room)) : std::nullopt;
  }

  /// Handler: void(error_code, std::size_t bytes, owned_buffer). The buffer is empty if the disk still has it.
  template <class Token>
  auto async_read(disk_file& from, std::uint64_t offset, buffer into, shardbridge::permit* room, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t, buffer)>(
        [this](auto handler, disk_file* file, std::uint64_t at, buffer memory, shardbridge::permit* with) {
          if (file->through_bridge) {
            file->through_bridge->async_read_some_at(at, std::move(memory),
                                                     shardbridge::op_options{.timeout = read_timeout_, .permit = with},
                                                     std::move(handler));
          } else {
            const auto back = asio::get_associated_executor(handler, context_.get_executor());
            run_on_pool(
                back,
                [fd = file->facts.fd.get(), at, memory = std::move(memory)]() mutable {
                  return read_now(fd, at, std::move(memory));
                },
                [handler = std::move(handler)](read_result result) mutable {
                  std::move(handler)(result.failed, result.bytes, std::move(result.memory));
                });
          }
        },
        token, &from, offset, std::move(into), room);
  }

  /// Of the bridge engine; for the page of numbers.
  [[nodiscard]] bridge* reading() noexcept { return reading_ ? &*reading_ : nullptr; }
  [[nodiscard]] bridge* opening() noexcept { return opening_ ? &*opening_ : nullptr; }

 private:
  struct read_result {
    boost::system::error_code failed;
    std::size_t bytes = 0;
    buffer memory;
  };
  static read_result read_now(int fd, std::uint64_t at, buffer into) noexcept;

  /// Runs `work` on the pool, then `then` with its result on `back`.
  template <class Back, class Work, class Then>
  void run_on_pool(const Back& back, Work work, Then then) {
    asio::post(*pool_, [keep = asio::make_work_guard(back), work = std::move(work), then = std::move(then)]() mutable {
      const auto to = keep.get_executor();
      asio::post(to, [result = work(), then = std::move(then)]() mutable { std::move(then)(std::move(result)); });
    });
  }

  asio::io_context& context_;
  asio::thread_pool* pool_ = nullptr;
  std::optional<bridge> reading_;
  std::optional<bridge> opening_;
  std::size_t openers_ = 0;
  std::size_t next_opener_ = 0;
  std::chrono::nanoseconds read_timeout_;
  int root_;
  bool direct_;
};

} // namespace http_file_server
