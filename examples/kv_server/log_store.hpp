// The keys of one shard: a log on the disk, an index in memory, and the tasks that look after them.
#pragma once

#include "committer.hpp"
#include "compactor.hpp"
#include "files.hpp"
#include "key_operation.hpp"
#include "recovery.hpp"
#include "segment_maker.hpp"
#include "store_numbers.hpp"

#include <shardbridge/join_handle.hpp>
#include <shardbridge/shard.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kv_server {

struct store_options {
  std::string folder{}; ///< of this shard alone; it exists
  std::uint64_t shard = 0;
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  std::size_t batch_bytes = std::size_t{1} << 20; ///< committed at once
  double garbage_ratio = 0.5;                     ///< with more, segments are compacted
  bool accept_damage = false;
  file_watch* watch = nullptr;
};

/// Threads: the shard's.
class log_store {
 public:
  /// Recovers what is there. Throws damaged_log, `boost::system::system_error`.
  [[nodiscard]] static shardbridge::task<std::unique_ptr<log_store>> open(shardbridge::shard& on, store_options with);

  /// Does what can be done at once, see key_work; each operation is done when it is durable. Reads see all that was
  /// asked for before, once that is durable. Does not throw but std::bad_alloc, and what a stopping shard throws.
  [[nodiscard]] shardbridge::task<> execute(key_work& work);

  [[nodiscard]] store_numbers numbers() const;

  /// Commits what has been asked for, and ends the tasks. Nothing may be asked for any more.
  [[nodiscard]] shardbridge::task<> close();

  /// For open().
  log_store(shardbridge::shard& on, const store_options& with);
  log_store(const log_store&) = delete;
  log_store& operator=(const log_store&) = delete;
  ~log_store() = default;

 private:
  struct found_value;

  [[nodiscard]] shardbridge::task<> start(bool accept_damage);
  [[nodiscard]] shardbridge::task<> read(std::vector<found_value>& all);
  [[nodiscard]] shardbridge::task<> read_one(const found_value& which);

  shardbridge::shard& self_;
  files files_;
  log_state log_;
  segment_maker maker_;
  committer committer_;
  compactor compactor_;
  recovery_report recovered_;
  std::optional<shardbridge::join_handle<void>> committing_;
  std::optional<shardbridge::join_handle<void>> compacting_;
};

} // namespace kv_server
