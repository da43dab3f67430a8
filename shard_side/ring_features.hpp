#pragma once

#include <shardbridge/options.hpp>

#include <string>

namespace shardbridge::detail {

class ring;

/// What sockets do better with where a kernel has it.
struct ring_features {
  bool zero_copy = true;         ///< sends that are not copied (IORING_OP_SENDMSG_ZC, Linux 6.1)
  bool multishot_accept = true;  ///< Linux 5.19
  bool multishot_receive = true; ///< of bytes and of datagrams (Linux 6.0)
};

/// By trying. Nothing else may be staged or under way on the ring.
[[nodiscard]] ring_features find_features(ring& with);

/// What of these, and of the memory to receive into, a group would use and has not, and what takes its place: for the
/// end of the sentence that says what it runs on. `without_buffers`: an errno, 0: there are some.
[[nodiscard]] std::string fallbacks_of(const ring_features& found, int without_buffers,
                                       const shard_group_options& wanted);

} // namespace shardbridge::detail
