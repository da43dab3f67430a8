#pragma once

// The one place the lock-free words take their atomics from, so that a model checker can put its own in their place: it
// defines SHARDBRIDGE_MODEL_ATOMICS and provides shardbridge::detail::atomic before including a word's header. The
// words name memory orders unqualified, because Relacy's are macros.

#if !defined(SHARDBRIDGE_MODEL_ATOMICS)

#include <atomic>

namespace shardbridge::detail {
template <class T>
using atomic = std::atomic<T>;
using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_seq_cst;
} // namespace shardbridge::detail

#endif
