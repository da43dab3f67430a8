#pragma once

#include "picture.hpp"

#include <string_view>

namespace shardbridge::bench {

/// Of an engine, a kind of load, a leg or a percentile: the same colour and shape in every picture, told apart by the
/// colour-blind too from others of the same command. What is unknown here has a look of its own name.
look look_of(std::string_view name);

} // namespace shardbridge::bench
