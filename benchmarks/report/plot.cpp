#include "plot.hpp"

#include "../common/failure.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"
#include "gnuplot.hpp"
#include "plot_script.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
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

const result_row* row_for(const result_set& results, const series& s, const load_case& setting) {
  return std::string(s.engine) == "pool" ? best_pool(results.rows, setting) : find_row(results.rows, s.engine, setting);
}

void write_series(std::ostream& out, const result_set& results, const case_group& group) {
  std::string engines;
  std::string titles;
  std::string colors;
  for (const auto& s : all_series) {
    std::ostringstream lines;
    for (const load_case& setting : group)
      if (const result_row* row = row_for(results, s, setting)) {
        lines << setting.depth;
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
double step_between(const case_group& group) {
  double closest = 4;
  for (std::size_t i = 1; i < group.size(); ++i)
    closest = std::min(closest, static_cast<double>(group[i].depth) / group[i - 1].depth);
  return std::pow(closest, 0.2 / all_series.size());
}

void write_scales(std::ostream& out, const result_set& results, const case_group& group) {
  out << "x_least = " << group.front().depth / 1.5 << "\nx_most = " << group.back().depth * 1.5
      << "\nx_step = " << step_between(group) << "\nx_tics = 'set xtics (";
  for (const load_case& setting : group)
    out << (setting == group.front() ? "" : ", ") << setting.depth;
  out << ")'\n";
  const auto& row = results.rows.front();
  out << "headline = "
      << gnuplot_quoted(row.rw + ", blocks of " + size_text(group.front().block) +
                        (row.direct ? ", O_DIRECT" : ", page cache") + ", " +
                        count_text(group.front().shards, "shard") + ", " +
                        count_text(group.front().client_threads, "client thread") + ", " +
                        results.environment.value("file_system", std::string("?")) + ", Linux " +
                        results.environment.value("kernel", std::string("?")) +
                        "; medians, bars from the least to the most of the rounds")
      << '\n';
}

/// "results.png" -> "results-2.png"
std::string numbered(const std::string& png, std::size_t number) {
  std::filesystem::path path(png);
  const std::string extension = path.extension().string();
  path.replace_extension();
  return path.string() + "-" + std::to_string(number) + extension;
}

} // namespace

std::vector<std::string> plot_results(const result_set& results, const std::string& png) {
  if (results.rows.empty()) throw bad_input("there is nothing to plot");
  const auto groups = groups_of(results.rows);
  std::vector<std::string> made;
  for (const case_group& group : groups) {
    std::ostringstream script;
    write_series(script, results, group);
    write_scales(script, results, group);
    script << plot_script;
    made.push_back(groups.size() == 1 ? png : numbered(png, made.size() + 1));
    run_gnuplot(made.back(), script.str());
  }
  return made;
}

} // namespace shardbridge::bench
