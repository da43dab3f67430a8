#pragma once

#include <shardbridge/open_flags.hpp>

namespace shardbridge {

/// Names that every file has, as Asio's files have them: `stream_file::read_only`, `stream_file::seek_set`.
class file_base {
 public:
  /// As Asio names them.
  using flags = open_flags;

  static constexpr flags read_only = open_flags::read_only;                 ///< see open_flags::read_only
  static constexpr flags write_only = open_flags::write_only;               ///< see open_flags::write_only
  static constexpr flags read_write = open_flags::read_write;               ///< see open_flags::read_write
  static constexpr flags append = open_flags::append;                       ///< see open_flags::append
  static constexpr flags create = open_flags::create;                       ///< see open_flags::create
  static constexpr flags exclusive = open_flags::exclusive;                 ///< see open_flags::exclusive
  static constexpr flags truncate = open_flags::truncate;                   ///< see open_flags::truncate
  static constexpr flags sync_all_on_write = open_flags::sync_all_on_write; ///< see open_flags::sync_all_on_write
  static constexpr flags dsync = open_flags::dsync;                         ///< see open_flags::dsync
  static constexpr flags direct = open_flags::direct;                       ///< see open_flags::direct

  /// What an offset counts from.
  enum seek_basis {
    seek_set, ///< the beginning of the file
    seek_cur, ///< where the stream is
    seek_end, ///< the end of the file
  };

 protected:
  ~file_base() = default;
};

} // namespace shardbridge
