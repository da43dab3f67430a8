#pragma once

#include <string>

namespace shardbridge::bench {

/// `text` as a string of gnuplot.
std::string gnuplot_quoted(const std::string& text);

/// Throws run_failure where gnuplot is not installed.
void check_gnuplot();

/// Has gnuplot draw `png`: it is given the name as `output_file`, then the script. Throws bad_input where the file
/// cannot be written, and run_failure.
void run_gnuplot(const std::string& png, const std::string& script);

} // namespace shardbridge::bench
