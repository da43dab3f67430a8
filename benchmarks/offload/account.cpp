#include "account.hpp"

#include <atomic>
#include <utility>

namespace shardbridge::bench {
namespace {

constexpr std::size_t messages_max = 5;

std::uint64_t new_generation() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

} // namespace

thread_local account_set::cache account_set::cached_;

void account::note(std::string sentence) {
  if (messages.size() < messages_max) messages.push_back(std::move(sentence));
}

void account::merge(const account& other) {
  operations += other.operations;
  bytes += other.bytes;
  errors += other.errors;
  timeouts += other.timeouts;
  cancelled += other.cancelled;
  wrong_blocks += other.wrong_blocks;
  latency.merge(other.latency);
  for (const auto& sentence : other.messages)
    note(sentence);
}

account_set::account_set() : generation_(new_generation()) {}

void account_set::attach() {
  const std::lock_guard lock(mutex_);
  accounts_.push_back(std::make_unique<account>());
  cached_ = {generation_, accounts_.back().get()};
}

account account_set::take() {
  const std::lock_guard lock(mutex_);
  account sum;
  for (const auto& each : accounts_)
    sum.merge(*each);
  accounts_.clear();
  generation_ = new_generation();
  return sum;
}

} // namespace shardbridge::bench
