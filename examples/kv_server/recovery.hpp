// What is in a log after its last server ended, however that was.
#pragma once

#include "committer.hpp"
#include "files.hpp"
#include "segment_maker.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace kv_server {

struct recovery_report {
  std::uint64_t records = 0;
  std::uint64_t torn_bytes = 0; ///< behind the last whole record: of a commit that was not over
  std::uint64_t damages = 0;    ///< that were accepted
};

/// Names a file, and where in it something is wrong.
struct damaged_log : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Fills a log that has only its folder open. The last segment is written anew: what was read from the page cache may
/// not be on the disk, if a sync had failed, and is once that is done. So nothing torn is left either.
/// Throws damaged_log for what a crash does not explain, unless it is accepted: then the rest of that segment is given
/// up, and keys deleted there may be back. Throws `boost::system::system_error`.
[[nodiscard]] shardbridge::task<recovery_report> recover(files& with, segment_maker& maker, log_state& log,
                                                         bool accept_damage);

} // namespace kv_server
