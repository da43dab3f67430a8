#include "plot.hpp"

#include "../common/failure.hpp"
#include "../common/parse.hpp"
#include "gnuplot.hpp"
#include "plot_script.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

namespace shardbridge::bench {
namespace {

struct series {
  const char* engine;
  const char* title;
  const char* color;
};

constexpr std::array all_series{
    series{"raw", "raw ring (the limit)", "#7f7f7f"}, series{"bridge", "shardbridge", "#d62728"},
    series{"pool", "best thread pool", "#1f77b4"}, series{"asio-file", "Asio file, one a client", "#2ca02c"},
    series{"asio-file-shared", "Asio file, one shared", "#ff7f0e"}};

const result_row* row_for(const result_set& results, const series& s, unsigned depth) {
  return std::string(s.engine) == "pool" ? best_pool(results.rows, depth) : find_row(results.rows, s.engine, depth);
}

void write_series(std::ostream& out, const result_set& results) {
  std::string engines;
  std::string titles;
  std::string colors;
  for (const auto& s : all_series) {
    std::ostringstream lines;
    for (const unsigned depth : depths_of(results.rows))
      if (const result_row* row = row_for(results, s, depth)) {
        lines << depth;
        for (const auto& [value, scale] :
             {std::pair{row->iops, 1e-3}, {row->cpu_s_per_million, 1.0}, {row->p99_us, 1.0}})
          lines << ' ' << value.median * scale << ' ' << value.min * scale << ' ' << value.max * scale;
        lines << '\n';
      }
    if (lines.str().empty()) continue;
    std::string name = s.engine;
    for (char& c : name)
      if (c == '-') c = '_';
    out << '$' << name << " << EOD\n" << lines.str() << "EOD\n";
    engines += " $" + name;
    titles += std::string(" \"") + s.title + '"';
    colors += std::string(" ") + s.color;
  }
  out << "engines = " << gnuplot_quoted(engines) << "\ntitles = " << gnuplot_quoted(titles)
      << "\ncolors = " << gnuplot_quoted(colors) << '\n';
}

/// How far apart the marks of engines stand at one depth: a fifth of the way to the next depth for all together.
double step_between(const std::vector<unsigned>& depths) {
  double closest = 4;
  for (std::size_t i = 1; i < depths.size(); ++i)
    closest = std::min(closest, static_cast<double>(depths[i]) / depths[i - 1]);
  return std::pow(closest, 0.2 / all_series.size());
}

void write_scales(std::ostream& out, const result_set& results) {
  const auto depths = depths_of(results.rows);
  out << "x_least = " << depths.front() / 1.5 << "\nx_most = " << depths.back() * 1.5
      << "\nx_step = " << step_between(depths) << "\nx_tics = 'set xtics (";
  for (const unsigned depth : depths)
    out << (depth == depths.front() ? "" : ", ") << depth;
  out << ")'\n";
  const auto& row = results.rows.front();
  out << "headline = "
      << gnuplot_quoted(row.rw + ", blocks of " + size_text(row.block) + (row.direct ? ", O_DIRECT" : ", page cache") +
                        ", " + results.environment.value("file_system", std::string("?")) + ", Linux " +
                        results.environment.value("kernel", std::string("?")) +
                        "; medians, bars from the least to the most of the rounds")
      << '\n';
}

} // namespace

void plot_results(const result_set& results, const std::string& png) {
  if (results.rows.empty()) throw bad_input("there is nothing to plot");
  std::ostringstream script;
  write_series(script, results);
  write_scales(script, results);
  script << plot_script;
  run_gnuplot(png, script.str());
}

} // namespace shardbridge::bench
