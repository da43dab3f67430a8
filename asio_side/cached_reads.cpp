#include <asio_side/cached_reads.hpp>

#include <shardbridge/detail/descriptor.hpp>

#include <bridge/clock.hpp>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <sys/uio.h>

namespace shardbridge::detail {
namespace {

/// A direct file has nothing in the page cache; what is late, cancelled or in an order is for the shard to answer.
bool may_be_cached(const operation& op) noexcept {
  return op.code == op_code::read && op.file->regular && op.file->offset_alignment == 1 && op.iovec_count <= IOV_MAX &&
         op.order == nullptr && !(op.cancellable && op.cancel.wanted()) &&
         (op.deadline == never || op.deadline > steady_now());
}

/// Nothing: not all of it is there. RWF_NOWAIT: Linux 4.14; a file system without it fails, which is no error either.
std::optional<op_result> read_now(const operation& op) noexcept {
  const int fd = op.file->get();
  const ssize_t moved =
      ::preadv2(fd, op.iovecs, static_cast<int>(op.iovec_count), static_cast<off_t>(op.offset), RWF_NOWAIT);
  if (moved < 0) return std::nullopt;
  const auto bytes = static_cast<std::uint64_t>(moved);
  if (bytes == 0) return op_result{result_kind::end_of_file, 0, 0};
  if (bytes == op.bytes) return op_result{result_kind::success, 0, bytes};
  if (op.iovec_count > 1) return std::nullopt;
  // Less than asked for: the file ends there, or the page cache does.
  const iovec rest{static_cast<std::byte*>(op.iovecs->iov_base) + bytes, op.iovecs->iov_len - bytes};
  if (::preadv2(fd, &rest, 1, static_cast<off_t>(op.offset + bytes), RWF_NOWAIT) != 0) return std::nullopt;
  return op_result{result_kind::success, 0, bytes};
}

} // namespace

bool cached_reads::try_now(operation& op) noexcept {
  if (!may_be_cached(op) || !op.file->cached.worth_a_look()) return false;
  const auto result = read_now(op);
  if (!result) {
    op.file->cached.missed();
    misses_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  op.file->cached.hit();
  hits_.fetch_add(1, std::memory_order_relaxed);
  op.result = *result;
  return true;
}

} // namespace shardbridge::detail
