#include "program.hpp"

#include "common/block_format.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace shardbridge::bench {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool make_setting(const program_setting& setting) {
  if (!setting.small_disk.empty()) {
    if (::unshare(CLONE_NEWNS) != 0) return false;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    if (::mount("tmpfs", setting.small_disk.c_str(), "tmpfs", 0, "size=2m") != 0) return false;
  }
  if (setting.as_nobody) {
    constexpr uid_t nobody = 65534;
    if (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0) return false;
    if (::access(SHARDBRIDGE_BENCH_PROGRAM, X_OK) != 0) return false;
  }
  return true;
}

} // namespace

scratch_folder::scratch_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "shardbridge-bench-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<std::string> scratch_folder::entries() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

program_run::program_run(const std::vector<std::string>& arguments, const program_setting& setting) {
  const std::string out = outputs_ / "out";
  const std::string err = outputs_ / "err";
  std::vector<std::string> words{SHARDBRIDGE_BENCH_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);

  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDERR_FILENO);
    if (!setting.temporary_folder.empty()) ::setenv("TMPDIR", setting.temporary_folder.c_str(), 1);
    if (!make_setting(setting)) ::_exit(setting_impossible);
    ::execv(SHARDBRIDGE_BENCH_PROGRAM, pointers.data());
    ::_exit(127);
  }
}

program_run::~program_run() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void program_run::signal(int number) const {
  ::kill(pid_, number);
}

std::string program_run::err_so_far() const {
  return contents(outputs_ / "err");
}

program_result program_run::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = contents(outputs_ / "out"),
          .err = contents(outputs_ / "err")};
}

std::string make_verified_file(const scratch_folder& folder, std::uint64_t blocks, std::uint64_t block) {
  std::string path = folder / "blocks";
  std::ofstream file(path, std::ios::binary);
  std::vector<std::byte> bytes(block);
  for (std::uint64_t i = 0; i != blocks; ++i) {
    fill_block(bytes, i * block, 1, 1);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  return path;
}

} // namespace shardbridge::bench
