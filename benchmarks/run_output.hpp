#pragma once

#include "common/run_options.hpp"
#include "plot/plot_folder.hpp"
#include "results/json_file.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <ostream>
#include <string>

namespace shardbridge::bench {

/// Where what a command has measured goes: its table, its JSON and its pictures. All is opened before the run.
class run_output {
 public:
  /// `command`: its name, by which files can be told apart. Throws bad_input and run_failure.
  run_output(std::string command, const output_options& options);

  /// Where tables go: stdout, unless JSON goes there.
  [[nodiscard]] std::ostream& table() const;

  /// The JSON, then the pictures made from it, of which the user is told. Throws run_failure.
  void write(nlohmann::ordered_json results);

 private:
  const std::string command_;
  const bool json_on_stdout_;
  const bool quiet_;
  std::optional<json_file> json_;
  std::optional<plot_folder> plot_;
};

} // namespace shardbridge::bench
