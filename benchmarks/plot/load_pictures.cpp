#include "load_pictures.hpp"

#include "palette.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace shardbridge::bench {
namespace {

constexpr unsigned columns_max = 4;
/// How many times the least the most is where bars still show both.
constexpr double bars_span_max = 12;

mark mark_of(double x, const spread& value, double times = 1) {
  return {x, value.median * times, value.min * times, value.max * times};
}

/// Each once, in the order in which they come.
std::vector<std::string> distinct(const std::vector<load_point>& points, std::string load_point::*part) {
  std::vector<std::string> all;
  for (const load_point& each : points)
    if (std::ranges::find(all, each.*part) == all.end()) all.push_back(each.*part);
  return all;
}

/// Of engines that were measured in several sizes the best one at each place.
std::vector<load_point> best_of(const std::vector<load_point>& points) {
  std::vector<load_point> best;
  for (const load_point& each : points) {
    const auto same = std::ranges::find_if(best, [&](const load_point& other) {
      return other.engine == each.engine && other.group == each.group && other.place == each.place;
    });
    if (same == best.end())
      best.push_back(each);
    else if (each.per_s.median > same->per_s.median)
      *same = each;
  }
  return best;
}

/// "bridge", "pool of 16", "best pool"
std::string legend_name(const std::vector<load_point>& points, const std::string& engine) {
  std::set<std::string> labels;
  for (const load_point& each : points)
    if (each.engine == engine) labels.insert(each.label);
  return labels.size() == 1 ? *labels.begin() : "best " + engine;
}

class load_view {
 public:
  explicit load_view(const load_results& results)
      : results_(results), points_(best_of(results.points)), groups_(distinct(points_, &load_point::group)),
        places_(distinct(points_, &load_point::place)), engines_(distinct(points_, &load_point::engine)) {}

  [[nodiscard]] picture by_place() const {
    picture to{.name = results_.name, .headline = results_.headline, .columns = 3, .panels = {}};
    for (const std::string& group : groups_) {
      const std::string before = group.empty() ? "" : group + ": ";
      to.panels.push_back(
          panel_of(before + "thousand " + results_.what + " a second", group, drawing::bars,
                   [](std::size_t at, const load_point& p) { return mark_of(at_of(at), p.per_s, 1e-3); }));
      to.panels.push_back(either_scale(before + "CPU time of each, µs", group, [](std::size_t at, const load_point& p) {
        return mark_of(at_of(at), p.cpu_us);
      }));
      to.panels.push_back(either_scale(before + "p99 latency, µs", group, [](std::size_t at, const load_point& p) {
        return mark_of(at_of(at), p.p99_us);
      }));
    }
    return to;
  }

  [[nodiscard]] picture percentiles() const {
    picture to{.name = results_.name + "-latency",
               .headline = results_.latency_headline.empty() ? results_.headline : results_.latency_headline,
               .columns = std::min(columns_max, static_cast<unsigned>(places_.size())),
               .panels = {}};
    for (const std::string& group : groups_)
      for (const std::string& place : places_) {
        std::vector<series> all;
        for (const std::string& engine : engines_)
          all.push_back(curve_of(engine, group, place));
        const std::string before = group.empty() ? "" : group + ", ";
        to.panels.push_back(percentile_panel(before + results_.places + ": " + place, std::move(all)));
      }
    return to;
  }

 private:
  /// Bars from zero, by which ratios can be judged, or where the least would vanish beside the most a logarithmic axis.
  template <class MarkOf>
  [[nodiscard]] panel either_scale(std::string title, const std::string& group, MarkOf mark_at) const {
    panel to = panel_of(std::move(title), group, drawing::bars, mark_at);
    double least = std::numeric_limits<double>::max();
    double most = 0;
    for (const series& one : to.all)
      for (const mark& each : one.marks) {
        least = std::min(least, each.y);
        most = std::max(most, each.y);
      }
    to.logarithmic = least > 0 && most > least * bars_span_max;
    if (!to.logarithmic) return to;
    for (series& one : to.all)
      one.drawn = results_.ascending ? drawing::points : drawing::dots;
    return to;
  }

  static double at_of(std::size_t place) { return static_cast<double>(place); }

  [[nodiscard]] const load_point* find(const std::string& engine, const std::string& group,
                                       const std::string& place) const {
    const auto found = std::ranges::find_if(
        points_, [&](const load_point& p) { return p.engine == engine && p.group == group && p.place == place; });
    return found == points_.end() ? nullptr : &*found;
  }

  [[nodiscard]] series series_of(const std::string& engine, drawing drawn) const {
    return {.name = legend_name(results_.points, engine), .with = look_of(engine), .drawn = drawn, .marks = {}};
  }

  template <class MarkOf>
  [[nodiscard]] panel panel_of(std::string title, const std::string& group, drawing drawn, MarkOf mark_at) const {
    panel to;
    to.title = std::move(title);
    to.x_label = results_.places;
    to.places = places_;
    for (const std::string& engine : engines_) {
      series one = series_of(engine, drawn);
      for (std::size_t at = 0; at != places_.size(); ++at)
        if (const load_point* found = find(engine, group, places_[at])) one.marks.push_back(mark_at(at, *found));
      to.all.push_back(std::move(one));
    }
    return to;
  }

  [[nodiscard]] series curve_of(const std::string& engine, const std::string& group, const std::string& place) const {
    const load_point* const found = find(engine, group, place);
    // A histogram has a value everywhere; a few percentiles are marked as such.
    const bool few = found == nullptr || found->latency.size() < 8;
    series one = series_of(engine, few ? drawing::points : drawing::line);
    if (found != nullptr)
      for (const percentile& each : found->latency)
        one.marks.push_back(mark_of(percentile_place(each.share), each.us));
    return one;
  }

  const load_results& results_;
  const std::vector<load_point> points_;
  const std::vector<std::string> groups_;
  const std::vector<std::string> places_;
  const std::vector<std::string> engines_;
};

} // namespace

double percentile_place(double share) {
  return -std::log10(1 - share);
}

panel percentile_panel(std::string title, std::vector<series> all) {
  panel to;
  to.title = std::move(title);
  to.x_label = "of the operations";
  to.y_label = "take at most, µs";
  to.logarithmic = true;
  to.all = std::move(all);
  double last = percentile_place(0.99);
  for (const series& one : to.all)
    for (const mark& each : one.marks)
      last = std::max(last, each.x);
  for (const auto& [share, name] :
       {std::pair(0.5, "50 %"), {0.9, "90 %"}, {0.99, "99 %"}, {0.999, "99.9 %"}, {0.9999, "99.99 %"}})
    if (percentile_place(share) <= last + 1e-6) to.x_ticks.emplace_back(percentile_place(share), name);
  return to;
}

std::vector<picture> load_pictures(const load_results& results) {
  if (results.points.empty()) return {};
  const load_view view(results);
  return {view.by_place(), view.percentiles()};
}

} // namespace shardbridge::bench
