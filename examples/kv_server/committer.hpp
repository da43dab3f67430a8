#pragma once

#include "commit_batch.hpp"
#include "key_index.hpp"
#include "log_health.hpp"
#include "recent_writes.hpp"
#include "segment.hpp"
#include "segment_maker.hpp"

#include <shardbridge/channel.hpp>
#include <shardbridge/shard.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace kv_server {

/// What a log is made of.
struct log_state {
  log_file folder{};
  segments all{};
  key_index index{};
  std::uint64_t next_sequence = 1;
  std::uint64_t shard = 0;
};

/// Writes records to the log, many at once: while one batch is at the device, the next gathers. The index changes when
/// a batch is durable, never before, and in the order of the log.
///
/// Threads: the shard's.
class committer {
 public:
  struct limits {
    std::uint64_t segment_bytes;
    std::size_t batch_bytes; ///< more go into the next batch
  };
  /// One record on its way.
  struct ticket {
    std::shared_ptr<commit_batch> batch{};
    std::size_t entry = 0;
  };

  /// All of it outlives it.
  committer(shardbridge::shard& on, files& with, log_state& log, segment_maker& maker, const limits& bounds)
      : self_(on), files_(with), log_(log), maker_(maker), limits_(bounds), bell_(on, 1) {}

  /// Copies key and value. Nothing is durable before the batch is over.
  ticket add(std::uint64_t hash, std::string_view key, std::optional<std::string_view> value);
  /// The same of a record that is in the log, so that nobody need wait for it: nothing is pending() for the key.
  ticket add_copy(std::string_view key, std::string_view value);
  /// The batch on its way that may have a record of such a key; none: the index knows all.
  [[nodiscard]] std::shared_ptr<commit_batch> pending(std::uint64_t hash) const noexcept;
  /// Until it is over.
  [[nodiscard]] shardbridge::task<> wait(std::shared_ptr<commit_batch> batch);

  /// Commits until close(), and then what is left. `committed` is called after each batch.
  [[nodiscard]] shardbridge::task<> run(std::function<void()> committed);
  void close() noexcept { bell_.close(); }

  [[nodiscard]] const log_health& health() const noexcept { return health_; }
  [[nodiscard]] std::uint64_t commits() const noexcept { return commits_; }
  [[nodiscard]] std::uint64_t records() const noexcept { return records_; }

 private:
  ticket put(std::string_view key, std::optional<std::string_view> value);
  [[nodiscard]] shardbridge::task<> commit(commit_batch& batch);
  /// Whether it is durable.
  [[nodiscard]] shardbridge::task<bool> write(commit_batch& batch);
  [[nodiscard]] shardbridge::task<> add_segment(log_step& at);
  [[nodiscard]] bool fits(const commit_batch& batch) const noexcept;
  [[nodiscard]] std::string refusal() const;

  shardbridge::shard& self_;
  files& files_;
  log_state& log_;
  segment_maker& maker_;
  const limits limits_;
  shardbridge::channel<std::monostate> bell_;
  std::deque<std::shared_ptr<commit_batch>> on_their_way_; ///< the first is at the device while `busy_`
  bool busy_ = false;
  std::uint64_t last_number_ = 0;
  recent_writes recent_;
  log_health health_;
  std::uint64_t commits_ = 0;
  std::uint64_t records_ = 0;
};

} // namespace kv_server
