#include "account.hpp"

#include <utility>

namespace shardbridge::bench {
namespace {

constexpr std::size_t messages_max = 5;

} // namespace

void account::note(std::string sentence) {
  if (messages.size() < messages_max) messages.push_back(std::move(sentence));
}

void account::merge(const account& other) {
  operations += other.operations;
  bytes += other.bytes;
  timeouts += other.timeouts;
  cancelled += other.cancelled;
  latency.merge(other.latency);
  merge_faults(other);
}

void account::merge_faults(const account& other) {
  errors += other.errors;
  wrong_blocks += other.wrong_blocks;
  for (const auto& sentence : other.messages)
    note(sentence);
}

} // namespace shardbridge::bench
