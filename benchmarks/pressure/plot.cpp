#include "plot.hpp"

#include "../common/environment.hpp"
#include "../common/failure.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"
#include "../report/gnuplot.hpp"
#include "pressure_plot_script.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

namespace shardbridge::bench {
namespace {

struct series {
  const char* engine;
  const char* title;
  const char* color;
};

constexpr std::array all_series{series{"refuse", "shardbridge, when_full::refuse", "#d62728"},
                                series{"wait", "shardbridge, when_full::wait", "#9467bd"},
                                series{"pool", "asio::thread_pool and pread", "#1f77b4"}};

std::string number_or_none(double milliseconds) {
  return milliseconds > 0 ? format("%g", milliseconds) : "NaN";
}

void write_series(std::ostream& out, const pressure_set& results) {
  std::string engines;
  std::string titles;
  std::string colors;
  for (const auto& [engine, title, color] : all_series) {
    const auto row = std::ranges::find(results.rows, engine, &pressure_row::engine);
    if (row == results.rows.end()) continue;
    out << '$' << engine << " << EOD\n";
    for (const auto& each : row->samples)
      out << each.t << ' ' << static_cast<double>(each.resident) / (1U << 20) << ' ' << each.queue << ' '
          << number_or_none(each.p50_ms) << ' ' << number_or_none(each.p99_ms) << ' '
          << (row->pool_threads ? "NaN" : std::to_string(each.level)) << '\n';
    out << "EOD\n";
    engines += std::string(" $") + engine;
    titles += std::string(" \"") + title + '"';
    colors += std::string(" ") + color;
  }
  out << "engines = " << gnuplot_quoted(engines) << "\ntitles = " << gnuplot_quoted(titles)
      << "\ncolors = " << gnuplot_quoted(colors) << '\n';
}

void write_scales(std::ostream& out, const pressure_set& results) {
  const pressure_setting& what = results.what;
  double most = what.seconds;
  for (const auto& row : results.rows)
    if (!row.samples.empty()) most = std::max(most, row.samples.back().t);
  out << "t_least = " << -what.base_seconds << "\nt_end = " << what.seconds << "\nt_most = " << most << '\n';
  if (what.device == device_kind::stall)
    out << "stall_begin = " << what.stall_begin() << "\nstall_end = " << what.stall_end() << '\n';
  out << "headline = "
      << gnuplot_quoted("Reads of " + size_text(what.block) + ", " + three_digits(what.overload_rate / 1000) +
                        " thousand offered a second, bridges of " + std::to_string(what.max_ops) + " operations, " +
                        environment_text(results.environment, "file") + ", Linux " +
                        environment_text(results.environment, "kernel"))
      << '\n';
}

} // namespace

void check_plot_folder(const std::string& folder) {
  if (!std::filesystem::is_directory(folder)) throw bad_input("--plot '" + folder + "' is not a folder");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    throw bad_input("--plot '" + folder + "' cannot be written to: " + errno_text());
  check_gnuplot();
}

std::string plot_pressure(const pressure_set& results, const std::string& folder) {
  if (results.rows.empty()) throw bad_input("there is nothing to plot");
  const std::string png = (std::filesystem::path(folder) / "pressure.png").string();
  std::ostringstream script;
  write_series(script, results);
  write_scales(script, results);
  script << pressure_plot_script;
  run_gnuplot(png, script.str());
  return png;
}

} // namespace shardbridge::bench
