#include "progress.hpp"

#include "time_left.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace shardbridge::bench {

using namespace std::chrono_literals;

progress::progress(std::string what, bool quiet)
    : what_(std::move(what)), quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

progress::~progress() {
  clear();
}

void progress::update(double share, const std::string& detail) {
  if (quiet_) return;
  const auto now = std::chrono::steady_clock::now();
  const auto pause = terminal_ ? 100ms : 5000ms;
  if (last_ != decltype(last_){} && now - last_ < pause) return;
  last_ = now;
  if (begun_ == decltype(begun_){}) begun_ = now;
  share = std::clamp(share, 0.0, 1.0);
  const std::string left = time_left(share);
  if (!terminal_) {
    std::fprintf(stderr, "%s: %.0f%% %s%s\n", what_.c_str(), share * 100, left.c_str(), detail.c_str());
    return;
  }
  constexpr int width = 30;
  const auto done = static_cast<int>(share * width);
  std::fprintf(
      stderr, "\r\033[K%s [%s%s] %3.0f%% %s%s", what_.c_str(), std::string(static_cast<std::size_t>(done), '#').c_str(),
      std::string(static_cast<std::size_t>(width - done), ' ').c_str(), share * 100, left.c_str(), detail.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

std::string progress::time_left(double share) const {
  const std::chrono::duration<double> elapsed = last_ - begun_;
  return share > 0 && elapsed >= 1s ? time_left_text(rest_of(share, elapsed.count())) + ", " : std::string();
}

void progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

} // namespace shardbridge::bench
