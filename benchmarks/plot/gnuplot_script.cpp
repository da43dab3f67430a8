// Every panel gets its rectangle, its ranges and the places of its marks from here, so that nothing depends on what
// gnuplot would make of the data: no text meets another, and no range is empty.
#include "gnuplot_script.hpp"

#include "../common/format.hpp"
#include "layout.hpp"
#include "scale.hpp"

#include <algorithm>
#include <sstream>

namespace shardbridge::bench {
namespace {

/// How much of a place its marks fill, side by side, and how much one of them at most.
constexpr double bars_width = 0.8;
constexpr double bar_width_max = 0.27;
constexpr double points_width = 0.3;

std::string number(double value) {
  return format("%.10g", value);
}

/// Names of ticks are formats of what stands there.
std::string tick_quoted(const std::string& text) {
  std::string format;
  for (const char c : text)
    format += c == '%' ? "%%" : std::string(1, c);
  return gnuplot_quoted(format);
}

/// "set xtics ('1' 0, '32' 1)"
void write_ticks(std::ostream& out, const char* axis, const std::vector<tick>& ticks, const std::string& more = "") {
  out << "set " << axis << "tics " << more << " (";
  for (std::size_t i = 0; i != ticks.size(); ++i)
    out << (i == 0 ? "" : ", ") << tick_quoted(ticks[i].second) << ' ' << number(ticks[i].first);
  out << ")\n";
}

void write_axes(std::ostream& out, const panel& what, bool turned) {
  const auto [from, to] = x_range(what);
  out << "set xrange [" << number(from) << ':' << number(to) << "]\n";
  if (!what.places.empty()) {
    std::vector<tick> ticks;
    for (std::size_t i = 0; i != what.places.size(); ++i)
      ticks.emplace_back(static_cast<double>(i), what.places[i]);
    write_ticks(out, "x", ticks, turned ? "scale 0 rotate by 35 right" : "scale 0 norotate autojustify");
  } else if (!what.x_ticks.empty()) {
    write_ticks(out, "x", what.x_ticks, "scale 1 norotate autojustify");
  } else {
    out << "set xtics scale 1 norotate autojustify autofreq\n";
  }
  const auto [least, most] = y_range(what);
  out << (what.logarithmic ? "set logscale y\n" : "unset logscale y\n") << "set yrange [" << number(least) << ':'
      << number(most) << "]\n";
  if (!what.y_ticks.empty())
    write_ticks(out, "y", what.y_ticks);
  else if (what.logarithmic)
    write_ticks(out, "y", logarithmic_ticks(least, most));
  else
    out << "set ytics autofreq\n";
  out << "set title " << gnuplot_quoted(what.title) << "\nset xlabel " << gnuplot_quoted(what.x_label)
      << (turned ? " offset 0,-1" : " offset 0,0.3") << "\nset ylabel " << gnuplot_quoted(what.y_label) << '\n';
}

void write_place(std::ostream& out, const rectangle& where) {
  out << "set lmargin at screen " << number(where.left) << "\nset rmargin at screen " << number(where.right)
      << "\nset bmargin at screen " << number(where.bottom) << "\nset tmargin at screen " << number(where.top) << '\n';
}

void write_bands(std::ostream& out, const panel& what) {
  out << "unset object\n";
  for (const band& each : what.bands)
    out << "set object rectangle from first " << number(each.from) << ", graph 0 to first " << number(each.to)
        << ", graph 1 fillcolor rgb " << gnuplot_quoted(each.color) << " fillstyle solid noborder behind\n";
}

/// Columns: x, y, the least and the most of the rounds; of bars x, y, their edges and where they begin.
void write_data(std::ostream& out, const panel& what, const std::string& name, std::size_t index) {
  const series& from = what.all[index];
  const bool beside = !what.places.empty() && !what.stacked;
  const auto count = static_cast<double>(what.all.size());
  const double width = from.drawn == drawing::bars ? std::min(bars_width / count, bar_width_max) : points_width / count;
  const double shift =
      beside ? (static_cast<double>(index) - (static_cast<double>(what.all.size()) - 1) / 2) * width : 0;
  const double half = (what.stacked ? bars_width * 0.6 : width) / 2;
  out << name << " << EOD\n";
  for (const mark& each : from.marks) {
    const double x = each.x + shift;
    out << number(x) << ' ' << number(each.y) << ' ' << number(each.low) << ' ' << number(each.high);
    if (from.drawn == drawing::bars)
      out << ' ' << number(x - half * 0.96) << ' ' << number(x + half * 0.96) << ' '
          << number(what.stacked ? each.low : 0);
    out << '\n';
  }
  out << "EOD\n";
}

std::string plot_of(const series& from, const std::string& name, bool stacked) {
  const std::string color = " linecolor rgb " + gnuplot_quoted(from.with.color);
  const std::string shape = " pointtype " + std::to_string(from.with.shape) + " pointsize 1.1";
  switch (from.drawn) {
  case drawing::bars: {
    const std::string boxes = name + " using 1:2:5:6:7:2 with boxxyerror fillstyle solid noborder" + color + " notitle";
    const std::string whiskers =
        ", " + name + " using 1:3:(0):($4-$3) with vectors nohead linewidth 1.5 linecolor rgb '#808080' notitle";
    const bool differ = std::ranges::any_of(from.marks, [](const mark& each) { return each.low < each.high; });
    return boxes + (differ && !stacked ? whiskers : "");
  }
  case drawing::points:
    return name + " using 1:2:3:4 with yerrorlines linewidth 1.5" + shape + color + " notitle";
  case drawing::dots:
    return name + " using 1:2:3:4 with yerrorbars linewidth 1.5" + shape + color + " notitle";
  case drawing::line:
    return name + " using 1:2 with lines linewidth 2" + color + " notitle";
  case drawing::thin_line:
    return name + " using 1:2 with lines linewidth 1 dashtype 2" + color + " notitle";
  case drawing::steps:
    return name + " using 1:2 with steps linewidth 2" + color + " notitle";
  }
  return {};
}

void write_panel(std::ostream& out, const panel& what, const rectangle& where, bool turned) {
  write_place(out, where);
  write_bands(out, what);
  write_axes(out, what, turned);
  std::string plots;
  for (std::size_t i = 0; i != what.all.size(); ++i) {
    const std::string name = "$series_" + std::to_string(i);
    write_data(out, what, name, i);
    plots += (i == 0 ? "plot " : ", ") + plot_of(what.all[i], name, what.stacked);
  }
  out << plots << "\nunset label\n";
}

void write_texts(std::ostream& out, const picture& what, const layout& where) {
  for (std::size_t i = 0; i != what.headline.size(); ++i)
    out << "set label " << gnuplot_quoted(what.headline[i]) << " at screen 0.5," << number(where.headline_y(i))
        << " center font ',12'\n";
  for (const legend_entry& each : where.legend)
    out << "set label " << gnuplot_quoted(each.name) << " at screen " << number(each.x) << ',' << number(each.y)
        << " left point pointtype " << each.with.shape << " pointsize 1.6 linecolor rgb "
        << gnuplot_quoted(each.with.color) << " offset character 1.5,0\n";
}

bool can_be_drawn(const panel& in, const mark& what) {
  return !in.logarithmic || what.y > 0;
}

} // namespace

std::string gnuplot_quoted(const std::string& text) {
  // Between single quotes a quote is written twice.
  std::string result = "'";
  for (const char c : text)
    result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

picture drawable(picture what) {
  for (panel& each : what.panels) {
    for (series& one : each.all) {
      std::erase_if(one.marks, [&](const mark& m) { return !can_be_drawn(each, m); });
      for (mark& m : one.marks)
        if (each.logarithmic && m.low <= 0) m.low = m.y;
    }
    std::erase_if(each.all, [](const series& one) { return one.marks.empty(); });
  }
  std::erase_if(what.panels, [](const panel& each) { return each.all.empty(); });
  return what;
}

std::string gnuplot_script(const picture& from) {
  const picture what = drawable(from);
  const layout where = layout_of(what);
  std::ostringstream out;
  out << "set encoding utf8\nset terminal pngcairo noenhanced size " << where.width << ',' << where.height
      << " font 'DejaVu Sans,10' background '#ffffff'\nset output output_file\nset multiplot\n"
         "set grid ytics linecolor rgb '#dddddd' linetype 1 linewidth 1\nset border 3 linecolor rgb '#555555'\n"
         "set tics nomirror textcolor rgb '#333333'\nset errorbars small\nunset key\n";
  write_texts(out, what, where);
  for (std::size_t i = 0; i != what.panels.size(); ++i)
    write_panel(out, what.panels[i], where.panels[i], names_are_turned(what.panels[i], what.panel_width));
  out << "unset multiplot\n";
  return out.str();
}

} // namespace shardbridge::bench
