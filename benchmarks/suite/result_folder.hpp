#pragma once

#include <filesystem>
#include <string>

namespace shardbridge::bench {

/// Where a suite leaves what it has found: a .json and a .txt for each step.
class result_folder {
 public:
  /// Made where it is missing. Throws bad_input.
  explicit result_folder(const std::string& path);

  [[nodiscard]] std::string json_of(const std::string& step) const { return path_ / (step + ".json"); }
  /// Throws run_failure.
  void write_table(const std::string& step, const std::string& table) const;

 private:
  std::filesystem::path path_;
};

} // namespace shardbridge::bench
