#pragma once

#include <string>

namespace shardbridge::bench {

/// Throws run_failure where gnuplot is not installed.
void check_gnuplot();

/// Whether it is.
[[nodiscard]] bool has_gnuplot();

/// Has gnuplot draw `png`: it is given the name as `output_file`, then the script. Throws run_failure.
void run_gnuplot(const std::string& png, const std::string& script);

} // namespace shardbridge::bench
