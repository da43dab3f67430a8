#pragma once

#include "client.hpp"

#include <cstddef>
#include <vector>

namespace shardbridge::bench {

/// Who is in the commit that is under way, and who waits for the next: decides, and does nothing.
///
/// Threads: one at a time.
class commit_group {
 public:
  void add(sync_client& who) { waiting_.push_back(&who); }

  /// Begins a commit of all that wait; false when nobody does, or one is under way.
  [[nodiscard]] bool begin();
  /// Those of the commit that is under way, by place.
  const std::vector<sync_client*>& members() const noexcept { return members_; }
  /// Ends it. Those that were in it, until it is called again; they may be added at once.
  const std::vector<sync_client*>& end() noexcept;

 private:
  bool under_way_ = false;
  std::vector<sync_client*> waiting_;
  std::vector<sync_client*> members_;
  std::vector<sync_client*> ended_;
};

/// Members whose places lie side by side: one write does for them.
struct commit_run {
  std::size_t first; ///< In the list of members.
  std::size_t count;
};

/// Of members that are in the order of their places; none is longer than what one vectored write takes.
std::vector<commit_run> runs_of(const std::vector<sync_client*>& members);

} // namespace shardbridge::bench
