#include "progress_line.hpp"

#include "meter.hpp"

#include <cstdio>
#include <string>

#include <unistd.h>

namespace shardbridge::soak {
namespace {

/// Kinds that are told together, so that the line fits.
struct family {
  const char* name;
  kind first, last;
};
constexpr std::array families{
    family{"files", kind::read, kind::open_close},   family{"paths", kind::path, kind::path},
    family{"bursts", kind::nop, kind::level},        family{"lives", kind::doomed, kind::group_life},
    family{"calls", kind::call, kind::call},         family{"tasks", kind::task, kind::shard_file},
    family{"sockets", kind::stream, kind::datagram}, family{"posts", kind::notify, kind::notify}};

std::uint64_t ended(const tallies& all, const family& of) {
  std::uint64_t out = 0;
  for (auto each = static_cast<std::size_t>(of.first); each <= static_cast<std::size_t>(of.last); ++each)
    out += all[each].ended();
  return out;
}

std::string text_of(double rate) {
  char out[32];
  std::snprintf(out, sizeof out, rate < 1000 ? "%.0f" : "%.1fk", rate < 1000 ? rate : rate / 1000);
  return out;
}

std::string text_of(std::chrono::seconds time) {
  char out[32];
  std::snprintf(out, sizeof out, "%02d:%02d", static_cast<int>(time.count() / 60), static_cast<int>(time.count() % 60));
  return out;
}

} // namespace

progress_line::progress_line()
    : terminal_(::isatty(STDOUT_FILENO) == 1), before_(clock::now()),
      next_(before_ + std::chrono::seconds(terminal_ ? 1 : 10)) {}

void progress_line::write(const state& now_is, clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - before_).count();
  std::string line = text_of(now_is.gone) + " gone, " + text_of(now_is.left) + " left; a second:";
  for (const family& each : families)
    line += std::string(" ") + each.name + " " +
            text_of(static_cast<double>(ended(now_is.counts, each) - ended(counts_, each)) / seconds);
  const memory_sample seen = measure();
  line += "; faults " + std::to_string(now_is.faults) + ", " + std::to_string(seen.rss >> 20) + " MiB, " +
          std::to_string(seen.descriptors) + " descriptors";
  if (now_is.wrong != 0) line += ", WRONG: " + std::to_string(now_is.wrong);
  std::printf(terminal_ ? "\r\033[K%s" : "%s\n", line.c_str());
  std::fflush(stdout);
  counts_ = now_is.counts;
  before_ = now;
  next_ = now + std::chrono::seconds(terminal_ ? 1 : 10);
}

void progress_line::end() {
  if (terminal_) std::printf("\n");
  std::fflush(stdout);
}

} // namespace shardbridge::soak
