// Sources: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of Linux.
#include "memory_group.hpp"

#include <chrono>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include <unistd.h>

namespace shardbridge::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* mount_of_all = "/sys/fs/cgroup";

/// The kernel tells by the result of write(2) whether it does what a control file is told.
bool write_control(const fs::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  return out.good();
}

/// What follows the controllers in the line of /proc/self/cgroup (number:controllers:path) that names these.
std::string path_of(std::string_view controllers) {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second != std::string::npos && line.substr(first + 1, second - first - 1) == controllers)
      return line.substr(second + 1);
  }
  return {};
}

} // namespace

memory_group::memory_group() {
  if (const std::string path = path_of("memory"); !path.empty()) {
    home_ = fs::path(mount_of_all) / "memory" / fs::path(path).relative_path();
    if (!enter(home_)) home_.clear();
  } else if (const std::string unified = path_of(""); !unified.empty()) {
    home_ = fs::path(mount_of_all) / fs::path(unified).relative_path();
    // Version 2 has no group with both processes and groups below it, so this one stands beside the process's own.
    if (!enter(unified == "/" ? home_ : home_.parent_path())) home_.clear();
  }
}

memory_group::~memory_group() {
  if (group_.empty()) return;
  write_control(home_ / "cgroup.procs", std::to_string(::getpid()));
  // Threads that are just ending may keep it busy for a moment.
  std::error_code busy;
  for (int attempt = 0; attempt != 100 && !fs::remove(group_, busy) && busy; ++attempt)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

bool memory_group::enter(const fs::path& parent) {
  const fs::path made = parent / ("shardbridge-bench-" + std::to_string(::getpid()));
  std::error_code failed;
  if (!fs::create_directory(made, failed)) return false;
  group_ = made;
  if (kernel_bytes() && write_control(made / "cgroup.procs", std::to_string(::getpid()))) return true;
  group_.clear();
  fs::remove(made, failed);
  return false;
}

std::optional<std::int64_t> memory_group::kernel_bytes() const {
  if (group_.empty()) return std::nullopt;
  std::int64_t bytes = 0;
  if (std::ifstream first(group_ / "memory.kmem.usage_in_bytes"); first >> bytes) return bytes;
  std::ifstream second(group_ / "memory.stat");
  for (std::string name; second >> name >> bytes;)
    if (name == "kernel") return bytes;
  return std::nullopt;
}

} // namespace shardbridge::bench
