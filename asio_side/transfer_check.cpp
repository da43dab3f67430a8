#include <shardbridge/detail/transfer_check.hpp>

#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/detail/descriptor.hpp>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>

namespace shardbridge::detail {

std::optional<op_result> check_transfer(const descriptor& file, op_code code, std::uint64_t offset,
                                        std::span<const iovec> buffers, std::unique_ptr<bounce>& by_way_of) {
  // Alignments are powers of two: a bit that is set in any of them is set in the union.
  std::uint64_t bytes = 0;
  std::uint64_t places = offset;
  std::uintptr_t addresses = 0;
  for (const iovec& each : buffers) {
    bytes += each.iov_len;
    places |= each.iov_len;
    addresses |= std::bit_cast<std::uintptr_t>(each.iov_base);
  }
  if (bytes == 0) return op_result{};
  // The kernel takes the largest for the descriptor's own position.
  if (offset > std::numeric_limits<std::int64_t>::max()) return op_result{result_kind::system_error, EINVAL, 0};
  if (places % file.offset_alignment == 0 && addresses % file.memory_alignment == 0) return std::nullopt;

  const auto misaligned = op_result::of(errc::misaligned);
  const std::shared_ptr<buffer_memory>& pool = file.bounce_pool;
  if (pool == nullptr || largest_buffer(*pool) < file.offset_alignment) return misaligned;
  const auto range = bounce_range::around(code, offset, bytes, file.offset_alignment, largest_buffer(*pool));
  if (!range) return misaligned;
  owned_buffer buffer = try_allocate(pool, range->length);
  if (!buffer) return op_result{result_kind::system_error, ENOMEM, 0};
  if (std::bit_cast<std::uintptr_t>(buffer.data()) % file.memory_alignment != 0) return misaligned;
  by_way_of = std::make_unique<bounce>(code, *range, std::move(buffer), buffers);
  return std::nullopt;
}

} // namespace shardbridge::detail
