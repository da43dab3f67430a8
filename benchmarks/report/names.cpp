#include "names.hpp"

#include "../common/failure.hpp"
#include "../results/json_file.hpp"

#include <algorithm>
#include <filesystem>

namespace shardbridge::bench {
namespace {

report_file read_file(const std::string& path) {
  report_file file{.path = path, .results = read_json(path), .name = {}};
  if (!file.results.is_object() || !file.results.contains("environment") ||
      !(file.results.contains("results") || file.results.contains("stretches")))
    throw bad_input("'" + path + "' does not hold results of this program");
  try {
    file.name = command_of(file.results);
  } catch (const nlohmann::json::exception& error) {
    throw bad_input("'" + path + "' does not hold results of this program: " + error.what());
  }
  return file;
}

} // namespace

std::vector<report_file> read_files(const std::vector<std::string>& paths) {
  std::vector<report_file> files;
  for (const std::string& path : paths)
    files.push_back(read_file(path));
  std::vector<std::string> commands;
  for (const report_file& each : files)
    commands.push_back(each.name);
  for (std::size_t i = 0; i != files.size(); ++i)
    if (std::ranges::count(commands, commands[i]) > 1)
      files[i].name = std::filesystem::path(files[i].path).stem().string();
  return files;
}

void check_names(const std::vector<report_file>& files) {
  for (auto each = files.begin(); each != files.end(); ++each)
    if (const auto same =
            std::find_if(files.begin(), each, [&](const auto& other) { return other.name == each->name; });
        same != each)
      throw bad_input("pictures of '" + same->path + "' and '" + each->path + "' would both be called '" + each->name +
                      "'; draw them one by one");
}

std::vector<picture> named_pictures(const report_file& file) {
  std::vector<picture> pictures = pictures_of(file.results);
  for (picture& each : pictures)
    each.name = file.name + each.name.substr(command_of(file.results).size());
  return pictures;
}

} // namespace shardbridge::bench
