#pragma once

#include <bridge/group_core.hpp>
#include <shard_side/loop_counters.hpp>
#include <shard_side/uring_driver.hpp>

#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace shardbridge::detail {

/// The threads of a group and what they share with those who watch them.
class running_group final : public group_core {
 public:
  explicit running_group(shard_group_options options);
  ~running_group();

  void stop() noexcept;
  void join() noexcept;

  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] std::vector<shard_stats> stats();

 private:
  void run(std::size_t index, std::promise<std::string>& started);

  std::deque<loop_counters> counters_;
  // Made by the shards, closed when all have ended: until then another may send a message to any.
  std::deque<std::optional<uring_driver>> kernels_;
  std::vector<std::thread> threads_;
  std::mutex joining_;
  std::string reason_;
};

} // namespace shardbridge::detail
