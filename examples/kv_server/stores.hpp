// The engine on its shards: opened before there are clients, closed behind the last one.
#pragma once

#include "data_folder.hpp"
#include "log_store.hpp"
#include "options.hpp"

#include <shardbridge/shard_group.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace kv_server {

/// Threads: at() on that shard; the rest one at a time.
class stores {
 public:
  /// Recovers what is in the folder. Throws bad_folder, damaged_log, `boost::system::system_error`.
  explicit stores(const options& from);
  stores(const stores&) = delete;
  stores& operator=(const stores&) = delete;
  /// As close(), whatever comes of it.
  ~stores();

  [[nodiscard]] shardbridge::shard_group& group() noexcept { return group_; }
  [[nodiscard]] log_store& at(std::size_t shard) noexcept { return *all_[shard]; }

  /// Commits what was asked for. Throws what a store throws.
  void close();

 private:
  [[nodiscard]] shardbridge::task<> open_one(shardbridge::shard& on, store_options with);
  [[nodiscard]] shardbridge::task<> close_one(shardbridge::shard& on);
  /// On every shard at once, and waits for it. Throws the first failure.
  void on_each(const std::function<shardbridge::task<>(shardbridge::shard&)>& work);

  data_folder folder_;
  std::vector<std::unique_ptr<log_store>> all_; ///< each is its shard's
  shardbridge::shard_group group_;
};

} // namespace kv_server
