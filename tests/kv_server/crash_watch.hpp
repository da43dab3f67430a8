// Goal: see what a store leaves behind wherever it is interrupted, be it by a kill or by a loss of power.
// Method: before each change of a file, and after the last, the folder is copied as it would be found after a crash
// just then. What was synced is remembered, so that the copy can be without what was not: files by their inode, each
// kept open so that no other gets its number, and names by the last sync of the folder.
#pragma once

#include "files.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kv_server {

enum class crash {
  killed,     ///< all that was done is there
  power_lost, ///< nothing is there that was not synced
  power_torn, ///< any names and any sectors of what was not synced are there, whatever the order
};
inline constexpr std::initializer_list<crash> crashes{crash::killed, crash::power_lost, crash::power_torn};

/// Threads: the shard's, or the test's while nothing runs on the shard.
class crash_watch final : public file_watch {
 public:
  /// `seen` is called before each change.
  crash_watch(std::filesystem::path folder, std::function<void()> seen);
  crash_watch(const crash_watch&) = delete;
  crash_watch& operator=(const crash_watch&) = delete;
  ~crash_watch() override;

  void before(change what, const std::string& path, const std::string& to) override;
  void after(change what, const std::string& path, const std::string& to) override;

  /// What a crash would leave now; `random` decides about names and sectors.
  void leave(const std::filesystem::path& in, crash how, const std::function<bool()>& random) const;

 private:
  struct found_file {
    ino_t inode = 0; ///< 0: there is none
    std::string text{};
  };

  void remember(const std::filesystem::path& path);
  [[nodiscard]] static found_file look(const std::filesystem::path& path);
  [[nodiscard]] std::string durable(ino_t inode) const;

  const std::filesystem::path folder_;
  const std::function<void()> seen_;
  std::map<ino_t, std::string> durable_contents_;
  std::map<std::string, ino_t> durable_names_;
  std::vector<int> kept_;
};

} // namespace kv_server
