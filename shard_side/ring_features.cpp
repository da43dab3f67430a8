#include <shard_side/ring_features.hpp>

#include <shard_side/provided_buffers.hpp>
#include <shard_side/ring.hpp>

#include <cerrno>
#include <system_error>

#include <sys/socket.h>

namespace shardbridge::detail {
namespace {

constexpr int no_descriptor = -1;

/// A kernel refuses what it does not know before it looks for the descriptor.
bool knows(ring& with, void (*prepare)(io_uring_sqe*)) {
  return with.answer_to(prepare) == -EBADF;
}

void accept_many(io_uring_sqe* sqe) {
  io_uring_prep_multishot_accept(sqe, no_descriptor, nullptr, nullptr, SOCK_CLOEXEC);
}
void receive_many(io_uring_sqe* sqe) {
  io_uring_prep_recv_multishot(sqe, no_descriptor, nullptr, 0, 0);
  provided_buffers::use(sqe);
}

} // namespace

ring_features find_features(ring& with) {
  return {.zero_copy = with.supports(IORING_OP_SENDMSG_ZC),
          .multishot_accept = knows(with, accept_many),
          .multishot_receive = knows(with, receive_many)};
}

std::string fallbacks_of(const ring_features& found, int without_buffers, const shard_group_options& wanted) {
  std::string out;
  if (wanted.zero_copy_from && !found.zero_copy) out += "; no zero-copy sends: they are copied";
  if (!found.multishot_accept) out += "; no multishot accept: connections are accepted one at a time";
  if (wanted.receive_buffers == 0) return out;
  std::string missing;
  if (without_buffers != 0) missing = "no provided buffers (" + std::generic_category().message(without_buffers) + ")";
  if (!found.multishot_receive) missing += missing.empty() ? "no multishot receive" : ", no multishot receive";
  if (!missing.empty()) out += "; " + missing + ": sockets receive into memory of the caller's only";
  return out;
}

} // namespace shardbridge::detail
