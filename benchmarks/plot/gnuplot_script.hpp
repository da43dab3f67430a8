#pragma once

#include "picture.hpp"

#include <string>

namespace shardbridge::bench {

/// `text` as a string of gnuplot.
std::string gnuplot_quoted(const std::string& text);

/// What gnuplot draws a picture from, into the PNG that `output_file` names. Series without marks, and panels without
/// series, are left out; so is on a logarithmic axis what is not more than zero.
std::string gnuplot_script(const picture& what);

/// Without what cannot be drawn; empty where nothing can.
picture drawable(picture what);

} // namespace shardbridge::bench
