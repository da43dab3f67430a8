#include "gnuplot.hpp"

#include "../common/failure.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace shardbridge::bench {

std::string gnuplot_quoted(const std::string& text) {
  // Between single quotes a quote is written twice.
  std::string result = "'";
  for (const char c : text)
    result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

void check_gnuplot() {
  if (std::system("command -v gnuplot >/dev/null 2>&1") != 0)
    throw run_failure("gnuplot is not installed (Debian: gnuplot-nox)");
}

void run_gnuplot(const std::string& png, const std::string& script) {
  check_gnuplot();
  if (!std::ofstream(png, std::ios::app)) throw bad_input("--plot '" + png + "' cannot be written: " + errno_text());
  std::FILE* gnuplot = ::popen("gnuplot", "w");
  if (gnuplot == nullptr) throw run_failure("cannot start gnuplot: " + errno_text());
  std::fputs(("output_file = " + gnuplot_quoted(png) + '\n' + script).c_str(), gnuplot);
  if (::pclose(gnuplot) != 0) throw run_failure("gnuplot could not draw '" + png + "'");
}

} // namespace shardbridge::bench
