#include "json_file.hpp"

#include "../common/failure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <utility>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

/// What `offload` wrote when a run had one number of client threads: it stood in the environment. Now each row has its
/// own, which tells rows apart, so that files of both kinds can be compared.
json with_threads_in_rows(json from) {
  if (!from.is_object() || !from.contains("environment") || !from.contains("results")) return from;
  json& environment = from.at("environment");
  json& rows = from.at("results");
  const auto of_run = environment.is_object() ? environment.find("client_threads") : environment.end();
  if (of_run == environment.end() || !rows.is_array()) return from;
  const json threads = *of_run;
  bool moved = false;
  for (json& row : rows) {
    if (!row.is_object() || !row.contains("shards") || !row.contains("rw") || row.contains("client_threads")) continue;
    json copy = json::object();
    for (const auto& [name, value] : row.items()) {
      copy[name] = value;
      if (name == "shards") copy["client_threads"] = threads;
    }
    row = std::move(copy);
    moved = true;
  }
  if (moved) environment.erase("client_threads");
  return from;
}

} // namespace

json_file::json_file(std::string path) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = unique_descriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (file_.get() < 0) throw bad_input("--json -: stdout cannot be written: " + errno_text());
    return;
  }
  file_ = unique_descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL, 0666));
  made_here_ = file_.get() >= 0;
  if (!made_here_ && errno == EEXIST) file_ = unique_descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (file_.get() < 0) throw bad_input("--json '" + path_ + "' cannot be written: " + errno_text());
}

json_file::~json_file() {
  if (made_here_ && !written_) ::unlink(path_.c_str());
}

void json_file::write(const nlohmann::ordered_json& results) {
  const std::string text = results.dump(2) + '\n';
  // A pipe or a device cannot be truncated, and need not be; what stdout is belongs to the shell.
  [[maybe_unused]] const int ignored = path_ == "-" ? 0 : ::ftruncate(file_.get(), 0);
  for (std::size_t done = 0; done < text.size();) {
    const auto n = ::write(file_.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw run_failure("--json '" + path_ + "' cannot be written: " + errno_text());
    done += static_cast<std::size_t>(n);
  }
  written_ = true;
}

nlohmann::ordered_json read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw bad_input("cannot read '" + path + "': " + errno_text());
  try {
    return with_threads_in_rows(nlohmann::ordered_json::parse(file));
  } catch (const nlohmann::json::exception& error) {
    throw bad_input("'" + path + "' does not hold results of this program: " + error.what());
  }
}

result_set results_from(const nlohmann::ordered_json& found, const std::string& path) {
  try {
    return found.get<result_set>();
  } catch (const nlohmann::json::exception& error) {
    throw bad_input("'" + path + "' does not hold results of this program: " + error.what());
  }
}

result_set read_results(const std::string& path) {
  return results_from(read_json(path), path);
}

} // namespace shardbridge::bench
