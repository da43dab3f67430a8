#include "data_folder.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace kv_server {
namespace {

constexpr std::string_view first_line = "shardbridge kv_server 1\nshards ";

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw bad_folder("'" + path + "' cannot be " + what + ": " + std::strerror(errno));
}

void make(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) fail("made", path);
}

unique_fd lock(const std::string& path) {
  unique_fd out(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!out) fail("opened", path);
  if (::flock(out.get(), LOCK_EX | LOCK_NB) == 0) return out;
  if (errno != EWOULDBLOCK) fail("locked", path);
  throw bad_folder("'" + path + "' is locked: another server uses this folder");
}

std::string format_of(std::size_t shards) {
  return std::string(first_line) + std::to_string(shards) + '\n';
}

} // namespace

data_folder::data_folder(std::string path, std::size_t shards)
    : path_((make(path), std::move(path))), lock_(lock(path_ + "/LOCK")) {
  if (::access((path_ + "/FORMAT").c_str(), F_OK) == 0)
    check_format(shards);
  else
    write_format(shards);
}

std::string data_folder::of_shard(std::size_t shard) const {
  return path_ + "/shard-" + std::to_string(shard);
}

void data_folder::check_format(std::size_t shards) const {
  const std::string path = path_ + "/FORMAT";
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text == format_of(shards)) return;
  if (!text.starts_with(first_line)) throw bad_folder("'" + path + "' is not of this program");
  const std::string made_for = text.substr(first_line.size(), text.find('\n', first_line.size()) - first_line.size());
  throw bad_folder("'" + path_ + "' was made with --shards " + made_for + " and cannot be used with --shards " +
                   std::to_string(shards));
}

// The file comes last, so that what it speaks of is there.
void data_folder::write_format(std::size_t shards) const {
  for (std::size_t i = 0; i != shards; ++i)
    make(of_shard(i));
  const std::string next = path_ + "/FORMAT.next";
  const std::string text = format_of(shards);
  const unique_fd file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    fail("written", next);
  sync(next);
  if (::rename(next.c_str(), (path_ + "/FORMAT").c_str()) != 0) fail("renamed", next);
  sync(path_);
  sync(path_ + "/..");
}

void data_folder::sync(const std::string& path) const {
  const unique_fd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) fail("synced", path);
}

} // namespace kv_server
