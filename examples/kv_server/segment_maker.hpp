#pragma once

#include "files.hpp"
#include "segment_format.hpp"

#include <shardbridge/join_handle.hpp>
#include <shardbridge/shard.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv_server {

/// Makes segments. What is to be the next one is filled with zeros beforehand, in the background: records that replace
/// what is on the disk are durable sooner, since the file system has nothing to note about them.
///
/// Threads: the shard's.
class segment_maker {
 public:
  /// Of segments of so many bytes, in a folder. Both outlive it.
  segment_maker(shardbridge::shard& on, files& with, std::string folder, std::uint64_t bytes)
      : self_(on), files_(with), folder_(std::move(folder)), bytes_(bytes) {}

  /// Begins to make the next one, unless that has begun.
  void prepare();
  /// It, with its name, which is not durable yet. Throws `boost::system::system_error`, and may be called again then.
  [[nodiscard]] shardbridge::task<log_file> make(segment_header header);
  /// Puts one with so much in it in the place of what is there, but for the folder's sync.
  [[nodiscard]] shardbridge::task<log_file> make_again(std::uint64_t number, std::string_view content);
  /// Ends what prepare() has begun, and waits for it: nothing of it touches the folder later.
  [[nodiscard]] shardbridge::task<> stop();

  [[nodiscard]] std::string path_of(std::uint64_t number) const { return folder_ + '/' + segment_name(number); }

 private:
  /// What prepare() has made; none: that failed.
  [[nodiscard]] shardbridge::task<std::optional<log_file>> prepared();
  [[nodiscard]] shardbridge::task<log_file> make_file(std::string content);
  [[nodiscard]] shardbridge::task<> fill(const log_file& file, std::string_view content);

  shardbridge::shard& self_;
  files& files_;
  const std::string folder_;
  const std::uint64_t bytes_;
  std::optional<shardbridge::join_handle<log_file>> preparing_;
  bool urgent_ = false;
  bool stopping_ = false;
};

} // namespace kv_server
