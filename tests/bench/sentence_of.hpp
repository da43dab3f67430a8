#pragma once

#include "common/failure.hpp"

#include <string>

namespace shardbridge::bench {

/// With which sentence `action` refuses its input, or "accepted".
template <class Action>
std::string sentence_of(Action action) {
  try {
    action();
  } catch (const bad_input& refused) {
    return refused.what();
  }
  return "accepted";
}

} // namespace shardbridge::bench
