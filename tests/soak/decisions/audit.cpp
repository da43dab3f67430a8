#include "audit.hpp"

namespace shardbridge::soak {
namespace {

void expect(std::vector<std::string>& out, const std::string& where, const char* what, std::uint64_t seen,
            std::uint64_t wanted) {
  if (seen == wanted) return;
  out.push_back(where + ": " + what + " is " + std::to_string(seen) + ", not " + std::to_string(wanted));
}

} // namespace

std::vector<std::string> fault_in(const std::string& name, const bridge_stats& seen) {
  std::vector<std::string> out;
  const std::string where = "bridge " + name;
  expect(out, where, "completed", seen.completed, seen.accepted);
  expect(out, where, "ops", seen.ops, 0);
  expect(out, where, "bytes", seen.bytes, 0);
  expect(out, where, "waiting", seen.waiting, 0);
  expect(out, where, "level", static_cast<std::uint64_t>(seen.level), 0);
  expect(out, where, "refused", seen.refused, seen.refused_no_room + seen.refused_too_large + seen.refused_stopped);
  return out;
}

std::vector<std::string> fault_in(std::span<const shard_stats> seen) {
  std::vector<std::string> out;
  for (std::size_t each = 0; each < seen.size(); ++each) {
    const std::string where = "shard " + std::to_string(each);
    expect(out, where, "in_flight", seen[each].in_flight, 0);
    expect(out, where, "backlog", seen[each].backlog, 0);
    expect(out, where, "tasks", seen[each].tasks, 0);
    expect(out, where, "quarantined", seen[each].quarantined, 0);
    expect(out, where, "cq_overflow", seen[each].cq_overflow, 0);
    expect(out, where, "replies", seen[each].replies, seen[each].requests);
  }
  return out;
}

std::vector<std::string> fault_in(const notifier_stats& seen) {
  std::vector<std::string> out;
  expect(out, "notifier", "called", seen.called, seen.accepted);
  expect(out, "notifier", "outstanding", seen.outstanding, 0);
  expect(out, "notifier", "waiting", seen.waiting, 0);
  expect(out, "notifier", "destroyed", seen.destroyed, 0);
  return out;
}

} // namespace shardbridge::soak
