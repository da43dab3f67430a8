#include "access_log.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include <fcntl.h>

namespace http_file_server {
namespace {

unique_fd open_log(const std::string& path) {
  unique_fd out(path == "-" ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                            : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!out) throw std::system_error(errno, std::generic_category(), "the access log '" + path + "' cannot be opened");
  return out;
}

/// Returns how much could not be written.
std::string_view write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return text;
}

} // namespace

access_log::access_log(const std::string& path, std::size_t max_waiting_bytes)
    : max_waiting_bytes_(max_waiting_bytes), file_(open_log(path)), writer_([this] { write_until_closed(); }) {}

access_log::~access_log() {
  {
    const std::lock_guard lock(guard_);
    closed_ = true;
  }
  changed_.notify_one();
  writer_.join();
}

void access_log::add(std::string_view line) {
  const std::lock_guard lock(guard_);
  if (waiting_.size() + line.size() > max_waiting_bytes_) {
    ++dropped_;
    return;
  }
  if (waiting_.empty()) changed_.notify_one();
  waiting_ += line;
}

std::uint64_t access_log::dropped() const {
  const std::lock_guard lock(guard_);
  return dropped_;
}

void access_log::write_until_closed() {
  // Lines of so long are written together, so that a busy server wakes this thread ten times a second.
  constexpr std::chrono::milliseconds gathering(100);
  std::string writing;
  std::unique_lock lock(guard_);
  while (!closed_ || !waiting_.empty()) {
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    changed_.wait_for(lock, gathering, [this] { return closed_; });
    writing.swap(waiting_);
    lock.unlock();
    const std::string_view lost = write_all(file_.get(), writing);
    lock.lock();
    dropped_ += static_cast<std::uint64_t>(std::ranges::count(lost, '\n'));
    writing.clear();
  }
}

} // namespace http_file_server
