#pragma once

#include "picture.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// Where `--plot` goes. It is made and tried before the run, so that nobody waits for pictures that cannot be drawn.
class plot_folder {
 public:
  /// Made where it is missing. Throws bad_input: it cannot be made or written to; and run_failure: there is no gnuplot.
  explicit plot_folder(std::string path);

  /// A PNG of each, over what had its name before. Returns their paths; throws run_failure.
  [[nodiscard]] std::vector<std::string> draw(const std::vector<picture>& pictures) const;

 private:
  std::string path_;
};

} // namespace shardbridge::bench
