#include "gnuplot.hpp"

#include "../common/failure.hpp"
#include "gnuplot_script.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace shardbridge::bench {

bool has_gnuplot() {
  const char* const folders = std::getenv("PATH");
  for (std::string_view rest = folders != nullptr ? folders : ""; !rest.empty();) {
    const std::string folder(rest.substr(0, rest.find(':')));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (::access((folder + "/gnuplot").c_str(), X_OK) == 0) return true;
  }
  return false;
}

void check_gnuplot() {
  if (!has_gnuplot()) throw run_failure("--plot needs gnuplot, which is not installed (Debian: gnuplot-nox)");
}

void run_gnuplot(const std::string& png, const std::string& script) {
  check_gnuplot();
  // From a file it ends with the first error; what comes from its stdin it takes for typed, and goes on.
  std::FILE* gnuplot = ::popen("gnuplot /dev/stdin", "w");
  if (gnuplot == nullptr) throw run_failure("cannot start gnuplot: " + errno_text());
  // Where gnuplot ends before it has read all, its exit code says so.
  std::fputs(("output_file = " + gnuplot_quoted(png) + '\n' + script).c_str(), gnuplot);
  if (::pclose(gnuplot) != 0) throw run_failure("gnuplot could not draw '" + png + "'");
}

} // namespace shardbridge::bench
