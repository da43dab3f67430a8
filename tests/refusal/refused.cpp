// Runs a program on a machine that refuses: io_uring, as seccomp profiles of containers do it, memory that is locked,
// descriptors, processes. The program cannot take any of it back, nor can what it starts.
#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <grp.h>
#include <seccomp.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int exit_failed = 125; // as env(1), timeout(1) and docker have it
constexpr int exit_not_found = 127;

struct refusals {
  std::optional<int> io_uring; ///< an errno
  std::optional<rlim_t> memlock, nofile, nproc;
  std::optional<uid_t> uid;
  std::vector<std::string> program;
};

[[noreturn]] void failed(const char* what, int error) {
  throw std::system_error(error, std::generic_category(), what);
}

void limit(__rlimit_resource which, const std::optional<rlim_t>& to, const char* what) {
  if (!to) return;
  const rlimit both{*to, *to};
  if (::setrlimit(which, &both) != 0) failed(what, errno);
}

/// Root may do what limits forbid; who gives it up may not take it again.
void become(uid_t uid) {
  if (::setgroups(0, nullptr) != 0) failed("setgroups", errno);
  if (::setresgid(uid, uid, uid) != 0) failed("setresgid", errno);
  if (::setresuid(uid, uid, uid) != 0) failed("setresuid", errno);
}

void refuse_io_uring(int error) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) failed("seccomp_init", ENOMEM);
  for (const char* const name : {"io_uring_setup", "io_uring_enter", "io_uring_register"}) {
    const int call = seccomp_syscall_resolve_name(name);
    const int added = seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, 0);
    if (added < 0) failed(name, -added);
  }
  const int loaded = seccomp_load(filter);
  seccomp_release(filter);
  if (loaded < 0) failed("seccomp_load", -loaded);
}

refusals parse(int count, char** words) {
  refusals out;
  CLI::App app{"Runs a program on a machine that refuses.", "shardbridge_refused"};
  app.footer("Example: shardbridge_refused --io-uring EPERM -- ./integration_tests --gtest_filter='exactly_once.*'\n"
             "Exit code: the program's; 125 if it could not be prepared, 127 if there is none.");
  const std::map<std::string, int> errors{{"EPERM", EPERM}, {"ENOSYS", ENOSYS}, {"EACCES", EACCES}};
  app.add_option("--io-uring", out.io_uring, "its system calls fail with EPERM, ENOSYS or EACCES")
      ->transform(CLI::CheckedTransformer(errors).description(""));
  app.add_option("--memlock", out.memlock, "RLIMIT_MEMLOCK, bytes; root is not bound by it");
  app.add_option("--nofile", out.nofile, "RLIMIT_NOFILE: descriptors");
  app.add_option("--nproc", out.nproc, "RLIMIT_NPROC: threads of the user; root is not bound by it");
  app.add_option("--uid", out.uid, "run it as this user, without other groups");
  app.add_option("program", out.program, "what to run, and its arguments")->required();
  app.positionals_at_end();
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return out;
}

} // namespace

int main(int count, char** words) {
  const refusals wanted = parse(count, words);
  try {
    limit(RLIMIT_MEMLOCK, wanted.memlock, "RLIMIT_MEMLOCK");
    limit(RLIMIT_NPROC, wanted.nproc, "RLIMIT_NPROC");
    if (wanted.uid) become(*wanted.uid);
    if (wanted.io_uring) refuse_io_uring(*wanted.io_uring);
    // Last, or there might be none left for the above.
    limit(RLIMIT_NOFILE, wanted.nofile, "RLIMIT_NOFILE");
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "shardbridge_refused: %s\n", error.what());
    return exit_failed;
  }
  std::vector<char*> arguments;
  for (const std::string& each : wanted.program)
    arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  std::fprintf(stderr, "shardbridge_refused: %s: %s\n", arguments.front(), std::strerror(errno));
  return errno == ENOENT ? exit_not_found : exit_failed;
}
