#include "syscall_counter.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>

namespace shardbridge::bench {
namespace {

/// The number the kernel has given to the tracepoint, from a tracefs of our own: where one is mounted differs, if one
/// is mounted at all, and one that is attached nowhere leaves no trace. Throws run_failure.
std::uint64_t find_tracepoint() {
  const unique_descriptor context(::fsopen("tracefs", FSOPEN_CLOEXEC));
  if (context.get() < 0 || ::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
    throw run_failure("no access to the kernel's tracepoints: " + errno_text());
  const unique_descriptor root(::fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
  const unique_descriptor file(::openat(root.get(), "events/raw_syscalls/sys_enter/id", O_RDONLY | O_CLOEXEC));
  std::array<char, 32> text{};
  const auto size = ::read(file.get(), text.data(), text.size());
  std::uint64_t id = 0;
  if (size <= 0 || std::from_chars(text.data(), text.data() + size, id).ec != std::errc{})
    throw run_failure("no tracepoint raw_syscalls:sys_enter: " + errno_text());
  return id;
}

std::uint64_t tracepoint() {
  static const std::uint64_t id = find_tracepoint();
  return id;
}

unique_descriptor open_counter(pid_t thread) {
  perf_event_attr what{};
  what.type = PERF_TYPE_TRACEPOINT;
  what.size = sizeof(what);
  what.config = tracepoint();
  what.inherit = 1; // threads that this one starts later
  return unique_descriptor(
      static_cast<int>(::syscall(SYS_perf_event_open, &what, thread, -1, -1, PERF_FLAG_FD_CLOEXEC)));
}

/// A counter for each thread is soon more than what shells allow by default.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string find_obstacle() {
  try {
    allow_many_descriptors();
    if (open_counter(::gettid()).get() >= 0) return {};
    return "the kernel does not let this process count: " + errno_text();
  } catch (const run_failure& reason) {
    return reason.what();
  }
}

} // namespace

const std::string& syscall_counter::obstacle() {
  static const std::string sentence = find_obstacle();
  return sentence;
}

syscall_counter::syscall_counter() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    const pid_t thread = std::stoi(entry.path().filename().string());
    if (thread == ::gettid()) continue;
    unique_descriptor counter = open_counter(thread);
    if (counter.get() >= 0)
      counters_.push_back(std::move(counter));
    else if (errno != ESRCH) // ended meanwhile
      throw run_failure("cannot count system calls: " + errno_text());
  }
}

std::uint64_t syscall_counter::count() const {
  std::uint64_t sum = 0;
  for (const auto& counter : counters_) {
    std::uint64_t calls = 0;
    if (::read(counter.get(), &calls, sizeof(calls)) != sizeof(calls))
      throw run_failure("cannot read the count of system calls: " + errno_text());
    sum += calls;
  }
  return sum;
}

} // namespace shardbridge::bench
