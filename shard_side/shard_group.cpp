#include <shardbridge/shard_group.hpp>

#include <shard_side/running_group.hpp>

namespace shardbridge {

shard_group::shard_group(shard_group_options options)
    : running_(std::make_shared<detail::running_group>(std::move(options))) {}

shard_group::~shard_group() {
  stop();
  join();
}

std::size_t shard_group::size() const noexcept {
  return running_->options.shards;
}
void shard_group::stop() noexcept {
  running_->stop();
}
void shard_group::join() noexcept {
  running_->join();
}
backend shard_group::backend_in_use() const noexcept {
  return running_->in_use();
}
const std::string& shard_group::backend_reason() const noexcept {
  return running_->reason();
}
std::vector<shard_stats> shard_group::stats() const {
  return running_->stats();
}
std::shared_ptr<detail::group_core> shard_group::core() const noexcept {
  return running_;
}

} // namespace shardbridge
