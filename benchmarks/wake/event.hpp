#pragma once

#include "../common/descriptor.hpp"

namespace shardbridge::bench {

// What all strategies on an eventfd share. Each throws run_failure.

/// `flags`: EFD_NONBLOCK, or 0 for one whose reads wait.
unique_descriptor make_event(int flags);

void signal_event(int event);

/// Resets its counter, or waits until there is something to reset. False: a non-blocking one has not been signalled.
bool take_event(int event);

} // namespace shardbridge::bench
