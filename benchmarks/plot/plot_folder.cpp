#include "plot_folder.hpp"

#include "../common/failure.hpp"
#include "gnuplot.hpp"
#include "gnuplot_script.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace shardbridge::bench {
namespace {

/// A file that is made there and removed again says more than permissions do: those of root, or of a file system that
/// can only be read.
void try_to_write(const std::string& folder) {
  std::string name = folder + "/.shardbridge-bench-XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0) throw bad_input("--plot '" + folder + "' cannot be written to: " + errno_text());
  ::close(file);
  ::unlink(name.c_str());
}

} // namespace

plot_folder::plot_folder(std::string path) : path_(std::move(path)) {
  check_gnuplot();
  std::error_code failed;
  std::filesystem::create_directories(path_, failed);
  if (failed) throw bad_input("--plot: cannot make the folder '" + path_ + "': " + failed.message());
  try_to_write(path_);
}

std::vector<std::string> plot_folder::draw(const std::vector<picture>& pictures) const {
  std::vector<std::string> made;
  for (const picture& each : pictures) {
    made.push_back((std::filesystem::path(path_) / (each.name + ".png")).string());
    run_gnuplot(made.back(), gnuplot_script(each));
  }
  return made;
}

} // namespace shardbridge::bench
