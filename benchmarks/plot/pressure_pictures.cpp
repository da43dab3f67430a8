#include "pictures.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"
#include "palette.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

namespace shardbridge::bench {
namespace {

constexpr const char* overload_color = "#fff3e0";
constexpr const char* stall_color = "#ffcdd2";
/// Where a logarithmic axis has nothing.
constexpr double none_queued = 0.8;

/// Not the path of a file, which says nothing.
std::string where_of(const results_json& results) {
  const bool real = results.at("setting").at("device") == "real";
  return environment_text(results.at("environment"), real ? "file_system" : "file");
}

std::string what_of(const results_json& results) {
  const results_json& setting = results.at("setting");
  return "pressure: reads of " + size_text(setting.at("block").get<std::uint64_t>()) + ", " +
         three_digits(setting.at("overload_rate").get<double>() / 1000) + " thousand offered a second, bridges of " +
         setting.at("max_ops").dump() + " operations, " + where_of(results);
}

/// What one sample says; nothing: it has no such thing.
using value_of = std::function<std::optional<double>(const results_json& sample)>;

series over_time(const results_json& row, drawing drawn, const value_of& value) {
  series to{.name = label_of(row), .with = look_of(row.at("engine").get<std::string>()), .drawn = drawn, .marks = {}};
  for (const results_json& each : row.at("samples"))
    if (const auto y = value(each)) to.marks.push_back({each.at("t").get<double>(), *y, *y, *y});
  return to;
}

std::vector<band> bands_of(const results_json& results, double last) {
  const results_json& setting = results.at("setting");
  const auto seconds = setting.at("seconds").get<double>();
  std::vector<band> bands{{0, std::min(seconds, last), overload_color}};
  if (setting.at("device") == "stall") {
    const auto stall = setting.at("stall").get<double>();
    const double begin = (seconds - stall) / 2;
    bands.push_back({begin, std::min(begin + stall, last), stall_color});
  }
  return bands;
}

/// Of the first sample and the last one.
std::pair<double, double> times_of(const results_json& results) {
  std::pair<double, double> times{0, 0};
  for (const results_json& row : results.at("results"))
    for (const results_json& each : row.at("samples")) {
      times.first = std::min(times.first, each.at("t").get<double>());
      times.second = std::max(times.second, each.at("t").get<double>());
    }
  return times;
}

panel time_panel(const results_json& results, std::string title) {
  panel to;
  to.title = std::move(title);
  to.logarithmic = true;
  const auto [first, last] = times_of(results);
  to.x_from = first;
  to.x_to = last;
  to.bands = bands_of(results, last);
  return to;
}

picture time_picture(const results_json& results) {
  picture to{.name = "pressure",
             .headline = {what_of(results), machine_text(results.at("environment")) + "; the first round of each"},
             .columns = 1,
             .panel_width = 900,
             .panel_height = 220,
             .panels = {}};
  panel memory = time_panel(results, "resident memory, MiB (shaded: the overload; darker: the device stands still)");
  panel queue = time_panel(results, "operations queued: waiting, accepted or in the kernel");
  panel latency = time_panel(results, "latency from initiation, ms: p99, and p50 thin");
  panel level = time_panel(results, "level of pressure");
  level.logarithmic = false;
  level.x_label = "seconds since the begin of the overload";
  level.y_ticks = {{0, "normal"}, {1, "throttled"}, {2, "suspended"}};
  const auto positive = [](const char* name) {
    return [name](const results_json& sample) {
      const auto value = sample.at(name).get<double>();
      return value > 0 ? std::optional(value) : std::nullopt;
    };
  };
  for (const results_json& row : results.at("results")) {
    memory.all.push_back(over_time(row, drawing::line, [](const results_json& sample) {
      return sample.at("resident").get<double>() / (1U << 20);
    }));
    queue.all.push_back(over_time(row, drawing::line, [](const results_json& sample) {
      return std::max(none_queued, sample.at("queue").get<double>());
    }));
    latency.all.push_back(over_time(row, drawing::line, positive("p99_ms")));
    latency.all.push_back(over_time(row, drawing::thin_line, positive("p50_ms")));
    // A pool has no levels. Steps that lie on one another would hide one.
    const double above = 0.04 * static_cast<double>(level.all.size());
    if (row.value("pool_threads", results_json()).is_null())
      level.all.push_back(over_time(row, drawing::steps, [above](const results_json& sample) {
        return sample.at("level").get<double>() + above;
      }));
  }
  to.panels = {memory, queue, latency, level};
  return to;
}

panel rates_panel(const results_json& results) {
  constexpr std::array names{"offered", "admitted", "completed", "refused"};
  panel to;
  to.title = "thousand operations a second under overload";
  to.places.assign(names.begin(), names.end());
  for (const results_json& row : results.at("results")) {
    series one{.name = label_of(row),
               .with = look_of(row.at("engine").get<std::string>()),
               .drawn = drawing::bars,
               .marks = {}};
    for (std::size_t i = 0; i != names.size(); ++i) {
      const spread rate = spread_at(row.at("per_second"), names[i]);
      one.marks.push_back({static_cast<double>(i), rate.median / 1000, rate.min / 1000, rate.max / 1000});
    }
    to.all.push_back(std::move(one));
  }
  return to;
}

panel latency_panel(const results_json& results, const char* phase, const std::string& title) {
  std::vector<series> all;
  for (const results_json& row : results.at("results")) {
    series one{.name = label_of(row), .with = look_of(row.at("engine").get<std::string>()), .marks = {}};
    const results_json& from = row.at(phase).at("from_initiation");
    for (const auto& [share, name] : {std::pair(0.5, "p50_ms"), {0.99, "p99_ms"}, {0.999, "p999_ms"}}) {
      const spread value = spread_at(from, name);
      one.marks.push_back({percentile_place(share), value.median * 1000, value.min * 1000, value.max * 1000});
    }
    all.push_back(std::move(one));
  }
  return percentile_panel(title, std::move(all));
}

} // namespace

std::vector<picture> pressure_pictures(const results_json& results) {
  return {time_picture(results),
          {.name = "pressure-latency",
           .headline = headline_of(results, what_of(results)),
           .columns = 3,
           .panels = {rates_panel(results), latency_panel(results, "base", "base load, from initiation"),
                      latency_panel(results, "overload", "overload, from initiation")}}};
}

} // namespace shardbridge::bench
