// Goal and method: see crash_watch.hpp.
#include "crash_watch.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kv_server {
namespace {

constexpr std::size_t sector = 512;

ino_t inode_of(const std::filesystem::path& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string torn(std::string durable, const std::string& now, const std::function<bool()>& random) {
  durable.resize(now.size());
  for (std::size_t at = 0; at < now.size(); at += sector)
    if (random()) durable.replace(at, sector, now, at, sector);
  return durable;
}

} // namespace

crash_watch::crash_watch(std::filesystem::path folder, std::function<void()> seen)
    : folder_(std::move(folder)), seen_(std::move(seen)) {
  for (const auto& each : std::filesystem::directory_iterator(folder_)) {
    remember(each.path());
    durable_contents_[inode_of(each.path())] = contents_of(each.path());
    durable_names_[each.path().filename()] = inode_of(each.path());
  }
}

crash_watch::~crash_watch() {
  for (const int each : kept_)
    ::close(each);
}

void crash_watch::remember(const std::filesystem::path& path) {
  kept_.push_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

void crash_watch::before(change, const std::string&, const std::string&) {
  if (seen_) seen_();
}

void crash_watch::after(change what, const std::string& path, const std::string&) {
  if (what == change::create) remember(path);
  if (what == change::sync) durable_contents_[inode_of(path)] = contents_of(path);
  if (what != change::sync_folder) return;
  durable_names_.clear();
  for (const auto& each : std::filesystem::directory_iterator(folder_))
    durable_names_[each.path().filename()] = inode_of(each.path());
}

void crash_watch::leave(const std::filesystem::path& in, crash how, const std::function<bool()>& random) const {
  std::filesystem::create_directories(in);
  const auto durable = [this](ino_t inode) {
    const auto found = durable_contents_.find(inode);
    return found == durable_contents_.end() ? std::string() : found->second;
  };
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(in / name, std::ios::binary) << text;
  };
  if (how == crash::power_lost) {
    for (const auto& [name, inode] : durable_names_)
      write(name, durable(inode));
    return;
  }
  for (const auto& each : std::filesystem::directory_iterator(folder_)) {
    ino_t inode = 0;
    std::string now;
    do { // what another task has on its way may be done just now
      inode = inode_of(each.path());
      now = contents_of(each.path());
    } while (inode_of(each.path()) != inode);
    if (inode == 0) continue;
    write(each.path().filename(), how == crash::killed ? now : torn(durable(inode), now, random));
  }
}

} // namespace kv_server
