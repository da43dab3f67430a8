#include "pictures.hpp"

#include "../common/failure.hpp"
#include "gnuplot_script.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace shardbridge::bench {
namespace {

/// Rows of panels beyond this many go on in another picture.
constexpr std::size_t rows_max = 6;

struct drawn_command {
  std::string_view name;
  std::vector<picture> (*pictures)(const results_json&);
  const char* mark; ///< A field that the rows of no later one have.
};

constexpr std::array commands{
    drawn_command{"handoff", handoff_pictures, "legs"},
    drawn_command{"sync", sync_pictures, "syncs"},
    drawn_command{"echo", echo_pictures, "requests_per_second"},
    drawn_command{"wake", wake_pictures, "strategy"},
    drawn_command{"fairness", fairness_pictures, "loads"},
    drawn_command{"pressure", pressure_pictures, "overload"},
    drawn_command{"memory", memory_pictures, "each_more"},
    drawn_command{"offload", offload_pictures, "iops"},
    drawn_command{"cached", offload_pictures, "iops"},
    drawn_command{"sequential", offload_pictures, "iops"},
    drawn_command{"scale", offload_pictures, "iops"},
};

/// Those of `memory` are of several kinds.
const results_json& rows_of(const results_json& results) {
  return results.contains("stretches") ? results.at("shards") : results.at("results");
}

/// "NAME", "NAME-2" and so on, none of them taller than can be looked at.
std::vector<picture> divided(picture what) {
  const std::size_t most = rows_max * what.columns;
  std::vector<picture> parts;
  do {
    picture part = what;
    if (!parts.empty()) part.name.append("-").append(std::to_string(parts.size() + 1));
    const auto end = what.panels.begin() + static_cast<std::ptrdiff_t>(std::min(most, what.panels.size()));
    part.panels.assign(what.panels.begin(), end);
    what.panels.erase(what.panels.begin(), end);
    parts.push_back(std::move(part));
  } while (!what.panels.empty());
  return parts;
}

} // namespace

std::string command_of(const results_json& results) {
  if (const auto said = results.at("environment").value("command", std::string()); !said.empty()) return said;
  const results_json& rows = rows_of(results);
  for (const drawn_command& each : commands)
    if (!rows.empty() && rows.front().contains(each.mark)) return std::string(each.name);
  return {};
}

std::vector<picture> pictures_of(const results_json& results) {
  try {
    if (rows_of(results).empty()) return {};
    const std::string command = command_of(results);
    for (const drawn_command& each : commands) {
      if (each.name != command) continue;
      std::vector<picture> all;
      for (picture& one : each.pictures(results))
        for (picture& part : divided(drawable(std::move(one))))
          if (!part.panels.empty()) all.push_back(std::move(part));
      return all;
    }
  } catch (const nlohmann::json::exception& error) {
    throw bad_input(std::string("these results cannot be drawn: ") + error.what());
  }
  throw bad_input("these results cannot be drawn: no command that measures wrote them");
}

} // namespace shardbridge::bench
