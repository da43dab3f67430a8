#include "run.hpp"

#include <temporary_folder.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace shardbridge::tests {
namespace {

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

program_result run(const std::string& program, const std::vector<std::string>& arguments, const std::string& input) {
  const fixtures::temporary_folder folder;
  const std::string in = folder.path() / "in";
  const std::string out = folder.path() / "out";
  const std::string err = folder.path() / "err";
  std::ofstream(in, std::ios::binary) << input;
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& each : arguments)
    words.push_back(const_cast<char*>(each.c_str()));
  words.push_back(nullptr);

  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    ::dup2(::open(in.c_str(), O_RDONLY), STDIN_FILENO);
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDERR_FILENO);
    ::execv(program.c_str(), words.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = contents(out),
          .err = contents(err)};
}

const std::string& why_no_asio_files() {
  static const std::string reason = [] {
    const fixtures::temporary_folder folder;
    const std::string path = folder.make_file("file", 1);
    const program_result tried = run(SERVE_RANGES_WITH_ASIO_FILES, {}, "0 1 " + path + "\n");
    if (tried.out.starts_with("ok 1\n")) return std::string();
    return "Asio's own files do not work here: " + tried.err + tried.out;
  }();
  return reason;
}

} // namespace shardbridge::tests
