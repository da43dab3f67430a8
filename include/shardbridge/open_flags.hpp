#pragma once

#include <boost/asio/file_base.hpp>

#include <fcntl.h>

namespace shardbridge {

/// How a file is opened. The values are those of open(2), and the names shared with `boost::asio::file_base::flags`
/// mean the same. Exactly one of `read_only`, `write_only` and `read_write` is expected.
enum class open_flags : int {
  read_only = O_RDONLY,       ///< Writes fail with EBADF.
  write_only = O_WRONLY,      ///< Reads fail with EBADF.
  read_write = O_RDWR,        ///< Both are allowed.
  append = O_APPEND,          ///< Writes go to the end of the file whatever their offset says.
  create = O_CREAT,           ///< Create it, mode 0666 less the umask, if it does not exist.
  exclusive = O_EXCL,         ///< With `create`: fail if it exists.
  truncate = O_TRUNC,         ///< Drop the contents when opened for writing.
  sync_all_on_write = O_SYNC, ///< A write completes when data and metadata are durable.
  dsync = O_DSYNC,            ///< A write completes when its data are durable.
  direct = O_DIRECT,          ///< Bypass the page cache; see `errc::misaligned`.
};

/// Those in either.
constexpr open_flags operator|(open_flags a, open_flags b) noexcept {
  return static_cast<open_flags>(static_cast<int>(a) | static_cast<int>(b));
}
/// Those in both. `read_only` is 0, so testing for it needs more.
constexpr open_flags operator&(open_flags a, open_flags b) noexcept {
  return static_cast<open_flags>(static_cast<int>(a) & static_cast<int>(b));
}
/// All others, for clearing flags with `&`.
constexpr open_flags operator~(open_flags a) noexcept {
  return static_cast<open_flags>(~static_cast<int>(a));
}
/// Sets flags.
constexpr open_flags& operator|=(open_flags& a, open_flags b) noexcept {
  return a = a | b;
}
/// Keeps those in `b` alone.
constexpr open_flags& operator&=(open_flags& a, open_flags b) noexcept {
  return a = a & b;
}

#if defined(BOOST_ASIO_HAS_FILE)
/// The same flags for code written for Asio's own files.
constexpr open_flags to_open_flags(boost::asio::file_base::flags flags) noexcept {
  return static_cast<open_flags>(static_cast<int>(flags));
}
#endif

} // namespace shardbridge
