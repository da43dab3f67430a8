#pragma once

#include "../common/descriptor.hpp"
#include "result.hpp"

#include <string>

namespace shardbridge::bench {

/// Where `--json` goes. It is opened before the run, so that nobody waits for results that cannot be written; one that
/// the run made and never wrote is taken away again.
class json_file {
 public:
  /// "-" is stdout. Throws bad_input.
  explicit json_file(std::string path);
  json_file(const json_file&) = delete;
  json_file& operator=(const json_file&) = delete;
  ~json_file();

  /// Throws run_failure.
  void write(const nlohmann::ordered_json& results);

 private:
  std::string path_;
  unique_descriptor file_;
  bool made_here_ = false;
  bool written_ = false;
};

/// Reads what any command wrote. Throws bad_input.
nlohmann::ordered_json read_json(const std::string& path);

/// What `offload` or a preset of it wrote into a file of this name. Throws bad_input.
result_set results_from(const nlohmann::ordered_json& found, const std::string& path);

/// Reads it. Throws bad_input.
result_set read_results(const std::string& path);

} // namespace shardbridge::bench
