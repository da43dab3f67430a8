#pragma once

namespace shardbridge::detail {

/// Submissions that end with EINTR before it is reported: a file system that never says anything else would keep its
/// operation for ever.
inline constexpr int most_interruptions = 8;

} // namespace shardbridge::detail
