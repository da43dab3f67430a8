// Goal: one random program of initiating, cancelling, expiring, stopping and destroying in any order, on a file that
// misbehaves, after which nothing is missing. Method: a context run by the test's own thread, shards that go their own
// way, and the record of every handler: how often it was called, and whether it is gone.
#pragma once

#include "stress.hpp"

#include <support/fifo.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <stop_token>

namespace shardbridge::tests {

class random_program {
 public:
  /// A file to work on, in blocks of `block` bytes.
  struct target {
    std::string path;
    open_flags flags;
    std::size_t block;
  };

  /// `mischief`: makes the targets misbehave in another way, now and then. Whatever hangs must come to an end by
  /// itself.
  random_program(std::uint64_t seed, const std::vector<target>& targets, buffer_pool& pool,
                 std::function<void(dice&)> mischief);

  void run();

 private:
  struct open_file {
    random_access_file file;
    std::size_t block;
  };
  struct block_of_memory {
    std::unique_ptr<void, decltype(&std::free)> bytes;
    std::size_t size;
  };

  void step();
  void initiate();
  void transfer(open_file& on, const op_options& options);
  [[nodiscard]] op_options draw_options();
  auto counted();
  asio::mutable_buffer callers_buffer(std::size_t size);
  void end_by_running();
  void end_by_destroying();

  dice chance_;
  buffer_pool& pool_;
  const std::function<void(dice&)> mischief_;

  // Handlers and the kernel may use these until everything below is gone.
  std::uint64_t initiated_ = 0;
  std::uint64_t called_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  std::deque<block_of_memory> memory_;
  std::deque<std::stop_source> stops_;
  std::deque<asio::cancellation_signal> signals_;
  const fifo pipe_;

  std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>();
  std::unique_ptr<shard_group> group_;
  std::unique_ptr<bridge> link_;
  std::deque<open_file> files_;
};

} // namespace shardbridge::tests
