#include "result_folder.hpp"

#include "../common/failure.hpp"

#include <fstream>
#include <system_error>

namespace shardbridge::bench {

result_folder::result_folder(const std::string& path) : path_(path) {
  std::error_code failed;
  std::filesystem::create_directories(path_, failed);
  if (failed) throw bad_input("--out: cannot make the folder '" + path + "': " + failed.message());
}

void result_folder::write_table(const std::string& step, const std::string& table) const {
  const std::filesystem::path path = path_ / (step + ".txt");
  std::ofstream file(path);
  file << table << std::flush;
  if (!file) throw run_failure("cannot write '" + path.string() + "': " + errno_text());
}

} // namespace shardbridge::bench
