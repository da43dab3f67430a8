#include "commit_group.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

/// Of buffers in one vectored write (UIO_MAXIOV).
constexpr std::size_t run_max = 1024;

} // namespace

bool commit_group::begin() {
  if (under_way_ || waiting_.empty()) return false;
  under_way_ = true;
  members_.swap(waiting_);
  std::ranges::sort(members_, {}, &sync_client::offset);
  return true;
}

const std::vector<sync_client*>& commit_group::end() noexcept {
  under_way_ = false;
  ended_.swap(members_);
  members_.clear();
  return ended_;
}

std::vector<commit_run> runs_of(const std::vector<sync_client*>& members) {
  std::vector<commit_run> runs;
  for (std::size_t i = 0; i != members.size(); ++i) {
    const bool beside = i != 0 && members[i]->offset() == members[i - 1]->offset() + members[i - 1]->buffer().size();
    if (beside && runs.back().count != run_max)
      ++runs.back().count;
    else
      runs.push_back({i, 1});
  }
  return runs;
}

} // namespace shardbridge::bench
