#include "pictures.hpp"

#include "../common/environment.hpp"
#include "palette.hpp"

#include <array>

namespace shardbridge::bench {
namespace {

/// A part of what a process takes: its name in the JSON, and here.
struct part {
  const char* field;
  const char* name;
};
constexpr std::array parts{part{"own", "the process's own"}, part{"kernel", "the kernel's"}};

constexpr double kib = 1024;

/// One for each part that is known, without marks.
std::vector<series> all_of(drawing drawn) {
  std::vector<series> all;
  for (const part& each : parts)
    all.push_back({.name = each.name, .with = look_of(each.field), .drawn = drawn, .marks = {}});
  return all;
}

/// What each part has at a place of the x axis, in KiB.
void add_marks(panel& to, double x, const results_json& use, const results_json& beside) {
  for (std::size_t each = 0; each != parts.size(); ++each) {
    const char* const field = parts[each].field;
    if (use.at(field).is_null()) continue;
    const double before = beside.is_null() ? 0 : beside.at(field).get<double>();
    const double y = (use.at(field).get<double>() - before) / kib;
    to.all[each].marks.push_back({x, y, y, y});
  }
}

panel shards_panel(const results_json& results) {
  panel to;
  to.title = "a shard more, used to the full (KiB)";
  to.x_label = "ring_entries, shards of the group";
  to.all = all_of(drawing::bars);
  for (const results_json& row : results.at("shards")) {
    to.places.push_back(row.at("ring_entries").dump() + ", " + row.at("shards").dump());
    add_marks(to, static_cast<double>(to.places.size() - 1), row.at("each_more"), nullptr);
  }
  return to;
}

panel stretches_panel(const results_json& results) {
  panel to;
  to.title = "growth over time (KiB)";
  to.x_label = "million operations";
  to.all = all_of(drawing::points);
  const results_json& rows = results.at("stretches");
  for (const results_json& row : rows)
    add_marks(to, row.at("operations").get<double>() / 1e6, row.at("process"), rows.front().at("process"));
  return to;
}

} // namespace

std::vector<picture> memory_pictures(const results_json& results) {
  picture to{
      .name = "memory",
      .headline = {"memory: what a shard takes, and whether it stays so", machine_text(results.at("environment"))},
      .columns = 1,
      .panel_width = 700,
      .panels = {}};
  to.panels.push_back(shards_panel(results));
  to.panels.push_back(stretches_panel(results));
  return {to};
}

} // namespace shardbridge::bench
