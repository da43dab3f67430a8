#include "layout.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

// In pixels.
constexpr unsigned margin_left = 84;
constexpr unsigned margin_right = 28;
constexpr unsigned margin_top = 34;
constexpr unsigned margin_bottom = 56;
constexpr unsigned headline_height = 26;
constexpr unsigned legend_height = 26;
constexpr unsigned edge = 12;
/// More than a letter takes on average.
constexpr unsigned letter = 8;
constexpr unsigned legend_mark = 46;

unsigned longest(const std::vector<std::string>& names) {
  std::size_t most = 0;
  for (const std::string& each : names)
    most = std::max(most, each.size());
  return static_cast<unsigned>(most);
}

/// Room for names that are turned by 35 degrees.
unsigned bottom_of(const panel& what, unsigned width) {
  return margin_bottom + (names_are_turned(what, width) ? longest(what.places) * letter * 5 / 10 : 0);
}

/// Each name once, in the order in which they come, in pixels from the left and the row.
struct placed {
  const series* what;
  unsigned x;
  std::size_t row;
};

std::vector<placed> place_names(const picture& what, unsigned width, std::vector<unsigned>& row_widths) {
  std::vector<placed> names;
  row_widths.assign(1, 0);
  for (const panel& each : what.panels)
    for (const series& one : each.all) {
      if (std::ranges::any_of(names, [&](const placed& known) { return known.what->name == one.name; })) continue;
      const unsigned needed = legend_mark + static_cast<unsigned>(one.name.size()) * letter;
      if (row_widths.back() != 0 && row_widths.back() + needed > width - 2 * edge) row_widths.push_back(0);
      names.push_back({&one, row_widths.back(), row_widths.size() - 1});
      row_widths.back() += needed;
    }
  return names;
}

} // namespace

double layout::headline_y(std::size_t line) const {
  return 1 - (edge + headline_height * (static_cast<double>(line) + 0.5)) / height;
}

bool names_are_turned(const panel& what, unsigned panel_width) {
  const unsigned room =
      (panel_width - margin_left - margin_right) / std::max<unsigned>(1, static_cast<unsigned>(what.places.size()));
  return longest(what.places) * letter > room;
}

layout layout_of(const picture& what) {
  layout to;
  const auto panels = static_cast<unsigned>(what.panels.size());
  const unsigned columns = std::max(1U, std::min(what.columns, panels));
  const unsigned rows = (panels + columns - 1) / columns;
  to.width = std::max(columns * what.panel_width, 700U);

  std::vector<unsigned> row_widths;
  const auto names = place_names(what, to.width, row_widths);
  const auto legend_rows = static_cast<unsigned>(row_widths.size());
  unsigned bottom = margin_bottom;
  for (const panel& each : what.panels)
    bottom = std::max(bottom, bottom_of(each, what.panel_width));
  const unsigned row_height = what.panel_height + bottom - margin_bottom;
  const unsigned head = 2 * edge + static_cast<unsigned>(what.headline.size()) * headline_height;
  to.height = head + rows * row_height + legend_rows * legend_height + edge;

  const double width = to.width;
  const double height = to.height;
  for (unsigned i = 0; i != panels; ++i) {
    const double left = i % columns * (width / columns);
    const double top = head + i / columns * row_height;
    to.panels.push_back({.left = (left + margin_left) / width,
                         .right = (left + width / columns - margin_right) / width,
                         .bottom = 1 - (top + row_height - bottom) / height,
                         .top = 1 - (top + margin_top) / height});
  }
  for (const placed& each : names) {
    const double begin = (width - row_widths[each.row]) / 2;
    const auto below = static_cast<double>(legend_rows - each.row);
    to.legend.push_back({.name = each.what->name,
                         .with = each.what->with,
                         .x = (begin + each.x + 14) / width,
                         .y = (edge / 2.0 + (below - 0.5) * legend_height) / height});
  }
  return to;
}

} // namespace shardbridge::bench
