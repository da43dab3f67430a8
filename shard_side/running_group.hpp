#pragma once

#include <bridge/group_core.hpp>
#include <shard_side/driver.hpp>
#include <shard_side/loop_counters.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace shardbridge::detail {

class buffer_memory;

/// The threads of a group and what they share with those who watch them. A thread whose shard has quarantined
/// operations outlives join(), and keeps the group until the kernel has let go of them.
class running_group final : public group_core, public std::enable_shared_from_this<running_group> {
 public:
  explicit running_group(shard_group_options options);
  ~running_group() override;

  void stop() noexcept;
  void join() noexcept;

  [[nodiscard]] backend in_use() const noexcept { return backend_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] std::vector<shard_stats> stats() override;

 private:
  [[nodiscard]] std::string first_line() const;
  /// How a shard ended, for join().
  enum class end : std::uint8_t { clean, quarantined };
  /// What a shard has found to run on.
  struct beginning {
    std::string reason;
    backend in_use;
  };
  struct member {
    std::thread thread;
    std::future<end> ended;
  };

  [[nodiscard]] std::vector<std::size_t> shards_by_cpu() const override;
  [[nodiscard]] bool set_up(std::size_t index, std::promise<beginning>& started);
  void run(std::size_t index, std::promise<beginning>& started, std::promise<end>& ended);

  const std::vector<int> cpus_;                                        ///< to pin to, in that order
  const std::vector<std::shared_ptr<buffer_memory>> registered_pools_; ///< their memory outlasts the rings
  std::deque<loop_counters> counters_;
  // Made by the shards, closed when all have ended: until then another may send a message to any. With the group, if it
  // is kept by what is quarantined.
  std::vector<std::unique_ptr<driver>> kernels_;
  std::vector<std::optional<int>> pinned_; ///< where each shard is, written by it before the group is made
  std::vector<member> members_;
  std::mutex joining_;
  bool outlived_ = false; ///< by a shard with quarantined operations
  backend backend_;       ///< wanted, until the first shard has found out
  std::string reason_;
};

} // namespace shardbridge::detail
