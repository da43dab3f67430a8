#pragma once

#include "unique_fd.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>

namespace kv_server {

/// Says in a sentence why a folder cannot be used.
struct bad_folder : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The folder that all shards' folders are in. No other server uses it as long as this lives, and it says for how many
/// shards it was made, since keys are where that puts them.
///
/// Threads: one at a time. It waits for the disk.
class data_folder {
 public:
  /// Made, with its file, if it is not there; its parent must be. Throws bad_folder.
  data_folder(std::string path, std::size_t shards);

  [[nodiscard]] std::string of_shard(std::size_t shard) const;

 private:
  void check_format(std::size_t shards) const;
  void write_format(std::size_t shards) const;
  void sync(const std::string& path) const;

  std::string path_;
  unique_fd lock_;
};

} // namespace kv_server
