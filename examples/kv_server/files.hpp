// All that the engine does to files, on a shard's ring, in one place where tests can look on.
#pragma once

#include <shardbridge/shard.hpp>
#include <shardbridge/shard_file.hpp>
#include <shardbridge/synced_write.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kv_server {

/// Told of each change of files, on the shard's thread, before it is begun and after it has succeeded.
class file_watch {
 public:
  enum class change : std::uint8_t { create, write, resize, sync, sync_folder, rename, unlink };

  virtual ~file_watch() = default;
  /// `to`: the new name of what is renamed.
  virtual void before(change what, const std::string& path, const std::string& to) = 0;
  virtual void after(change what, const std::string& path, const std::string& to) = 0;
};

/// A file and what it is called.
struct log_file {
  std::string path{};
  shardbridge::shard_file opened{};
};

/// Every function but one throws `boost::system::system_error`.
///
/// Threads: the shard's.
class files {
 public:
  /// `watch`, if there is one, outlives it.
  explicit files(shardbridge::shard& on, file_watch* watch = nullptr) noexcept : self_(on), watch_(watch) {}

  /// Empty, whatever was there.
  [[nodiscard]] shardbridge::task<log_file> create(std::string path);
  [[nodiscard]] shardbridge::task<log_file> open(std::string path, shardbridge::open_flags flags);
  [[nodiscard]] shardbridge::task<> close(log_file&& file);
  /// What there is of so many bytes. Reads of the log on the disk are not to hold up commits.
  [[nodiscard]] shardbridge::task<std::string> read(const log_file& file, std::uint64_t at, std::size_t bytes);
  [[nodiscard]] shardbridge::task<std::string> read_all(const log_file& file);
  [[nodiscard]] shardbridge::task<> write(const log_file& file, std::uint64_t at, std::string_view bytes,
                                          shardbridge::priority urgency = shardbridge::priority::high);
  /// Throws nothing: what it gives tells of each.
  [[nodiscard]] shardbridge::task<shardbridge::synced_write> write_and_sync(const log_file& file, std::uint64_t at,
                                                                            std::string_view bytes);
  /// Reserves space, where the file system can.
  [[nodiscard]] shardbridge::task<> reserve(const log_file& file, std::uint64_t bytes);
  [[nodiscard]] shardbridge::task<> resize(const log_file& file, std::uint64_t bytes);
  [[nodiscard]] shardbridge::task<> sync(const log_file& file,
                                         shardbridge::priority urgency = shardbridge::priority::high);
  [[nodiscard]] shardbridge::task<> sync_folder(const log_file& folder);
  /// Also of the file, from its name to `to`.
  [[nodiscard]] shardbridge::task<> rename(log_file& file, std::string to);
  [[nodiscard]] shardbridge::task<> unlink(std::string path);

 private:
  void before(file_watch::change what, const std::string& path, const std::string& to = {}) const {
    if (watch_ != nullptr) watch_->before(what, path, to);
  }
  void after(file_watch::change what, const std::string& path, const std::string& to = {}) const {
    if (watch_ != nullptr) watch_->after(what, path, to);
  }

  shardbridge::shard& self_;
  file_watch* watch_;
};

} // namespace kv_server
