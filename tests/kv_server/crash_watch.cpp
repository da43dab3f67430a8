// Goal and method: see crash_watch.hpp.
#include "crash_watch.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
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

crash_watch::found_file crash_watch::look(const std::filesystem::path& path) {
  found_file out;
  do { // what another task has on its way may be done just now
    out.inode = inode_of(path);
    out.text = contents_of(path);
  } while (inode_of(path) != out.inode);
  return out;
}

std::string crash_watch::durable(ino_t inode) const {
  const auto found = durable_contents_.find(inode);
  return found == durable_contents_.end() ? std::string() : found->second;
}

void crash_watch::leave(const std::filesystem::path& in, crash how, const std::function<bool()>& random) const {
  std::filesystem::create_directories(in);
  std::set<std::string> names;
  for (const auto& each : durable_names_)
    names.insert(each.first);
  for (const auto& each : std::filesystem::directory_iterator(folder_))
    names.insert(each.path().filename());
  for (const std::string& name : names) {
    const auto synced = durable_names_.find(name);
    found_file now = look(folder_ / name);
    if (how != crash::killed) {
      const ino_t before = synced == durable_names_.end() ? 0 : synced->second;
      if (how == crash::power_lost || (now.inode != before && random()))
        now = {.inode = before, .text = durable(before)};
      else
        now.text = torn(durable(now.inode), now.text, random);
    }
    if (now.inode != 0) std::ofstream(in / name, std::ios::binary) << now.text;
  }
}

} // namespace kv_server
