#pragma once

// The one place the lock-free words take their atomics from, so that a model checker can put its own in their place: it
// defines SHARDBRIDGE_MODEL_ATOMICS and provides shardbridge::detail::atomic before including a word's header.

#include <atomic>

#if !defined(SHARDBRIDGE_MODEL_ATOMICS)
namespace shardbridge::detail {
template <class T>
using atomic = std::atomic<T>;
} // namespace shardbridge::detail
#endif
