#pragma once

#include "../plot/pictures.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What one command wrote.
struct report_file {
  std::string path;
  results_json results;
  std::string name; ///< Of its pictures: the command's, or that of the file where several are of this command.
};

/// Reads them all. Throws bad_input: one does not hold results.
std::vector<report_file> read_files(const std::vector<std::string>& paths);

/// Throws bad_input where pictures of two would have the same name.
void check_names(const std::vector<report_file>& files);

/// Its pictures, called after it.
std::vector<picture> named_pictures(const report_file& file);

} // namespace shardbridge::bench
