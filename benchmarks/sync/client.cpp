#include "client.hpp"

#include "../common/interrupt.hpp"

#include <cassert>
#include <cstring>

namespace shardbridge::bench {

bool sync_client::next() {
  if (last_ >= shared_.end || interrupted()) return false;
  assert(buffer_.size() >= 2 * sizeof(version_));
  ++version_;
  // At both ends, so that half a write is found out.
  std::memcpy(buffer_.data(), &version_, sizeof(version_));
  std::memcpy(buffer_.data() + buffer_.size() - sizeof(version_), &version_, sizeof(version_));
  durable_ = false;
  begun_ = sync_clock::now();
  return true;
}

void sync_client::completed() {
  last_ = sync_clock::now();
  durable_ = true;
  ++shared_.operations;
  shared_.latency.record(last_ - begun_);
}

void sync_client::failed(const std::string& why) {
  last_ = sync_clock::now();
  ++shared_.went_wrong.errors;
  shared_.went_wrong.note("the block at " + std::to_string(offset_) + ": " + why);
}

} // namespace shardbridge::bench
