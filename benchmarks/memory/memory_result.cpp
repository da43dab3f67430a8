#include "memory_result.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

const memory_use* find(const std::vector<memory_state>& seen, const char* name) {
  const auto found = std::ranges::find(seen, name, &memory_state::name);
  return found != seen.end() ? &found->use : nullptr;
}

json json_of(const shards_row& row) {
  return {{"ring_entries", row.ring_entries},
          {"shards", row.shards},
          {"made", row.made},
          {"used", row.used},
          {"each_more", row.each_more}};
}

json json_of(const things_row& row) {
  return {{"what", row.what}, {"count", row.count},          {"made", row.made}, {"full", row.full}, {"done", row.done},
          {"gone", row.gone}, {"bytes_of_one", row.of_one()}};
}

json json_of(const stretch_row& row) {
  return {{"operations", row.operations}, {"process", row.use}};
}

template <class Row>
json json_of(const std::vector<Row>& rows) {
  json out = json::array();
  for (const Row& each : rows)
    out.push_back(json_of(each));
  return out;
}

} // namespace

void add_shards(memory_set& to, const memory_request& asked, const std::vector<memory_state>& seen) {
  const memory_use* const before = find(seen, "before");
  const memory_use* const made = find(seen, "made");
  const memory_use* const used = find(seen, "used");
  if (before == nullptr || made == nullptr || used == nullptr) return;
  shards_row row{
      .ring_entries = asked.ring_entries, .shards = asked.shards, .made = *made - *before, .used = *used - *before};
  const bool another = to.shards.empty() || to.shards.back().ring_entries != asked.ring_entries;
  const shards_row none{};
  const shards_row& less = another ? none : to.shards.back();
  row.each_more = (another ? row.used : row.used - less.used) / (asked.shards - less.shards);
  to.shards.push_back(row);
}

void add_things(memory_set& to, const memory_request& asked, const std::vector<memory_state>& seen) {
  const memory_use* const made = find(seen, "made");
  const memory_use* const full = find(seen, "full");
  const memory_use* const done = find(seen, "done");
  if (made == nullptr || full == nullptr || done == nullptr) return;
  const memory_use* const before = find(seen, "before");
  const memory_use* const gone = find(seen, "gone");
  const memory_use& from = before != nullptr ? *before : *made;
  to.things.push_back({.what = asked.what,
                       .count = asked.count,
                       .made = *made - from,
                       .full = *full - from,
                       .done = *done - from,
                       .gone = (gone != nullptr ? *gone : *done) - from});
}

void add_stretches(memory_set& to, const memory_request& asked, const std::vector<memory_state>& seen) {
  std::uint64_t operations = 0;
  for (const memory_state& each : seen) {
    to.stretches.push_back({.operations = operations, .use = each.use});
    operations += 2 * asked.count;
  }
}

void to_json(json& to, const memory_set& from) {
  to = {{"environment", from.environment},
        {"shards", json_of(from.shards)},
        {"things", json_of(from.things)},
        {"stretches", json_of(from.stretches)}};
}

} // namespace shardbridge::bench
