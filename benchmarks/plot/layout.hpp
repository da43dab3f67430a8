#pragma once

#include "picture.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// In shares of the picture's width and height, from its lower left corner.
struct rectangle {
  double left = 0;
  double right = 0;
  double bottom = 0;
  double top = 0;
};

struct legend_entry {
  std::string name;
  look with;
  double x = 0; ///< Of its mark; the name stands to the right of it.
  double y = 0;
};

/// Where everything of a picture stands.
struct layout {
  unsigned width = 0; ///< Pixels.
  unsigned height = 0;
  std::vector<rectangle> panels; ///< What the axes enclose.
  std::vector<legend_entry> legend;

  [[nodiscard]] double headline_y(std::size_t line) const;
};

layout layout_of(const picture& what);

/// Whether the names along the x axis are too long to stand beside each other.
bool names_are_turned(const panel& what, unsigned panel_width);

} // namespace shardbridge::bench
