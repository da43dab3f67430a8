#include "process_times.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

namespace shardbridge::bench {
namespace {

using std::chrono::nanoseconds;

std::optional<nanoseconds> read_clock(clockid_t clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return std::nullopt;
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

/// The clock of a thread's CPU time. pthread_getcpuclockid() makes it so too, but takes only what pthread_create()
/// made.
constexpr clockid_t clock_of(int thread) {
  constexpr unsigned of_thread = 4, precise = 2;
  return static_cast<clockid_t>(~static_cast<unsigned>(thread) << 3U | of_thread | precise);
}

std::vector<thread_time> threads_there_are() {
  std::vector<thread_time> out;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", none)) {
    std::string name;
    std::getline(std::ifstream(entry.path() / "comm"), name);
    out.push_back({.id = std::stoi(entry.path().filename().string()), .kernel_worker = is_worker_name(name)});
  }
  return out;
}

} // namespace

process_times times_of_process() {
  process_times out;
  // All clocks together, behind the names, which take long. The clock of a process lags behind its running threads, but
  // for those whose own clocks have just been read: hence its place.
  for (thread_time& each : out.threads = threads_there_are())
    each.used = read_clock(clock_of(each.id)).value_or(nanoseconds(-1));
  out.total = read_clock(CLOCK_PROCESS_CPUTIME_ID).value_or(nanoseconds(0));
  std::erase_if(out.threads, [](const thread_time& each) { return each.used < nanoseconds(0); }); // ended meanwhile
  return out;
}

} // namespace shardbridge::bench
