#pragma once

#include <shardbridge/detail/bounce.hpp>
#include <shardbridge/detail/operation.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <sys/uio.h>

namespace shardbridge::detail {

/// Whether the kernel can do it. Nothing: it can, by way of a buffer of the file's pool where that is set. Else its
/// result: there is nothing to move, it is not aligned, or the pool has no room. Throws std::bad_alloc.
[[nodiscard]] std::optional<op_result> check_transfer(const descriptor& file, op_code code, std::uint64_t offset,
                                                      std::span<const iovec> buffers,
                                                      std::unique_ptr<bounce>& by_way_of);

} // namespace shardbridge::detail
