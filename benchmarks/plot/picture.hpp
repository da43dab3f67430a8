// A picture as data: what is to be seen where. What a command's results look like is decided here, without gnuplot;
// gnuplot_script.hpp says it to gnuplot.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace shardbridge::bench {

/// A value, and between what the rounds differed.
struct mark {
  double x = 0; ///< Where the panel names places: the index of one.
  double y = 0;
  double low = 0;
  double high = 0;

  friend bool operator==(const mark&, const mark&) = default;
};

/// How a series tells itself from others; the same everywhere for the same name.
struct look {
  std::string color; ///< "#rrggbb"
  int shape = 7;     ///< gnuplot's number of a point type
};

enum class drawing {
  bars,   ///< from zero, side by side, or on one another where the panel says so; with whiskers
  points, ///< side by side, joined, with whiskers
  dots,   ///< the same, not joined: places that have no order
  line,
  thin_line,
  steps
};

struct series {
  std::string name; ///< In the legend, where each name stands once.
  look with;
  drawing drawn = drawing::points;
  std::vector<mark> marks;
};

/// A stretch of the x axis with a background.
struct band {
  double from = 0;
  double to = 0;
  std::string color;
};

/// A value of an axis and what stands there.
using tick = std::pair<double, std::string>;

struct panel {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<std::string> places; ///< Names along the x axis. None: it is one of numbers.
  std::vector<tick> x_ticks;       ///< Of numbers. None: wherever it suits.
  std::vector<tick> y_ticks;
  double x_from = 0; ///< Of numbers. Not less than x_to: as far as marks go.
  double x_to = 0;
  bool logarithmic = false; ///< The y axis; otherwise it begins at zero.
  bool stacked = false;     ///< Bars.
  std::vector<band> bands;
  std::vector<series> all;
};

struct picture {
  std::string name;                  ///< Of the file, without ".png".
  std::vector<std::string> headline; ///< Lines.
  unsigned columns = 1;
  unsigned panel_width = 430; ///< Pixels.
  unsigned panel_height = 290;
  std::vector<panel> panels; ///< Row by row.
};

} // namespace shardbridge::bench
