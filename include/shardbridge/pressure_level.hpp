#pragma once

namespace shardbridge {

/// How full a bridge is, by operations or by bytes, whichever is fuller. A level is left only when the bridge has
/// become emptier than where it was entered, see `watermarks`.
enum class pressure_level {
  normal,    ///< room for more
  throttled, ///< time to produce less
  suspended, ///< what comes now will be refused, or wait, soon
};

} // namespace shardbridge
