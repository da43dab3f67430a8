// What a file object does on the calling thread. Each but transfer_now() returns an errno, 0 for success.
#pragma once

#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/file_range.hpp>
#include <shardbridge/open_flags.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/uio.h>

namespace shardbridge::detail {

[[nodiscard]] int open_now(descriptor& file, const char* path, open_flags flags) noexcept;
/// On failure `fd` stays the caller's.
[[nodiscard]] int assign_now(descriptor& file, int fd) noexcept;
/// Only if nothing else uses the file; otherwise its last user closes it.
[[nodiscard]] int close_now(descriptor& file) noexcept;
[[nodiscard]] int size_now(const descriptor& file, std::uint64_t& size) noexcept;
[[nodiscard]] int resize_now(const descriptor& file, std::uint64_t size) noexcept;
[[nodiscard]] int allocate_now(const descriptor& file, std::uint64_t offset, std::uint64_t length,
                               allocate_mode how) noexcept;
[[nodiscard]] int advise_now(const descriptor& file, std::uint64_t offset, std::uint64_t length,
                             file_advice what) noexcept;
/// One call, which may move less than is asked for. An interruption by a signal is no failure. Throws std::bad_alloc.
[[nodiscard]] op_result transfer_now(const descriptor& file, op_code code, std::uint64_t offset,
                                     std::span<const iovec> buffers);
/// Moves a stream's position; `whence` as for lseek(2).
[[nodiscard]] int seek_now(descriptor& file, std::int64_t offset, int whence, std::uint64_t& position) noexcept;
/// The position of a stream that has moved so many bytes.
void advance(descriptor& file, op_code code, std::uint64_t moved) noexcept;
/// Gives the number up. What is still used on shards keeps it, and the caller gets another for the same open file.
[[nodiscard]] int release_now(descriptor& file, int& native) noexcept;
[[nodiscard]] int sync_all_now(descriptor& file) noexcept;
[[nodiscard]] int sync_data_now(descriptor& file) noexcept;

} // namespace shardbridge::detail
