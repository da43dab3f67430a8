#include <shardbridge/detail/descriptor.hpp>

#include <algorithm>
#include <bit>

#include <linux/stat.h>
#include <unistd.h>

namespace shardbridge::detail {

descriptor::~descriptor() {
  if (const int fd = take(); fd >= 0) ::close(fd);
}

operation* descriptor::release() noexcept {
  constexpr std::uint32_t last_but_parked = 2 * one_user + parked_bit;
  // acq_rel: what every user did with the file happens before the close.
  std::uint32_t old = users_.load(std::memory_order_relaxed);
  while (!users_.compare_exchange_weak(old, old == last_but_parked ? one_user : old - one_user,
                                       std::memory_order_acq_rel, std::memory_order_relaxed)) {
  }
  if (old == last_but_parked) return parked_;
  if (old == one_user) delete this;
  return nullptr;
}

bool descriptor::park(operation& close) noexcept {
  parked_ = &close;
  std::uint32_t old = users_.load(std::memory_order_relaxed);
  do {
    if (old == one_user) return false;
  } while (!users_.compare_exchange_weak(old, old | parked_bit, std::memory_order_acq_rel, std::memory_order_acquire));
  return true;
}

void descriptor::learn(const struct ::statx& status, bool direct) noexcept {
  regular = S_ISREG(status.stx_mode) || S_ISBLK(status.stx_mode);
  if (!direct) return;
  if ((status.stx_mask & STATX_DIOALIGN) != 0 && status.stx_dio_offset_align != 0) {
    offset_alignment = status.stx_dio_offset_align;
    memory_alignment = status.stx_dio_mem_align;
  } else {
    // Before Linux 6.1, and where the file system does not say. What it prefers to move at once may be much more than a
    // block; no device has blocks of more than a page.
    const auto block = std::bit_floor(std::clamp<std::uint32_t>(status.stx_blksize, 512, 4096));
    offset_alignment = memory_alignment = block;
  }
}

} // namespace shardbridge::detail
