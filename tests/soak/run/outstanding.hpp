// What is under way where nothing goes on.
#pragma once

#include "../work/scene.hpp"

#include <deque>
#include <iosfwd>

namespace shardbridge::soak {

/// Kinds that have not ended, the numbers of bridges and shards, and what each task waits for.
void print_outstanding(std::ostream& out, std::deque<scene>& scenes);

} // namespace shardbridge::soak
