#include "program.hpp"

#include "common/block_format.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include <sched.h>
#include <sys/mount.h>

namespace shardbridge::bench {
namespace {

bool make_setting(const program_setting& setting) {
  if (!setting.temporary_folder.empty() && ::setenv("TMPDIR", setting.temporary_folder.c_str(), 1) != 0) return false;
  if (!setting.small_disk.empty()) {
    if (::unshare(CLONE_NEWNS) != 0) return false;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    if (::mount("tmpfs", setting.small_disk.c_str(), "tmpfs", 0, "size=2m") != 0) return false;
  }
  return !setting.as_nobody || fixtures::become_nobody(SHARDBRIDGE_BENCH_PROGRAM);
}

std::vector<std::string> words_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), SHARDBRIDGE_BENCH_PROGRAM);
  return arguments;
}

} // namespace

std::vector<std::string> scratch_folder::entries() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path()))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

program_run::program_run(std::vector<std::string> arguments, const program_setting& setting)
    : child_program(words_of(std::move(arguments)), [&setting] { return make_setting(setting); }) {}

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
