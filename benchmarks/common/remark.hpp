#pragma once

#include <iostream>
#include <string>

namespace shardbridge::bench {

/// A sentence for the user that is no failure.
inline void remark(bool quiet, const std::string& sentence) {
  if (!quiet) std::cerr << "shardbridge-bench: " << sentence << '\n';
}

} // namespace shardbridge::bench
