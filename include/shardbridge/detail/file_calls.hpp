// What a file object does on the calling thread. Each returns an errno, 0 for success.
#pragma once

#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/open_flags.hpp>

#include <cstdint>

namespace shardbridge::detail {

[[nodiscard]] int open_now(descriptor& file, const char* path, open_flags flags) noexcept;
/// On failure `fd` stays the caller's.
[[nodiscard]] int assign_now(descriptor& file, int fd) noexcept;
/// Only if nothing else uses the file; otherwise its last user closes it.
[[nodiscard]] int close_now(descriptor& file) noexcept;
[[nodiscard]] int size_now(const descriptor& file, std::uint64_t& size) noexcept;
[[nodiscard]] int resize_now(const descriptor& file, std::uint64_t size) noexcept;
[[nodiscard]] int sync_all_now(descriptor& file) noexcept;
[[nodiscard]] int sync_data_now(descriptor& file) noexcept;

} // namespace shardbridge::detail
