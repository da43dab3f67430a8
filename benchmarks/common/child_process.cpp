#include "child_process.hpp"

#include "failure.hpp"
#include "interrupt.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace shardbridge::bench {
namespace {

struct pipe_ends {
  unique_descriptor read;
  unique_descriptor write;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw run_failure("cannot make a pipe: " + errno_text());
  return {unique_descriptor(ends[0]), unique_descriptor(ends[1])};
}

} // namespace

child_process::child_process(const std::string& program, int inherited) : program_(program) {
  pipe_ends to = make_pipe();
  pipe_ends from = make_pipe();
  // execve reports its failure through a pipe that a success closes.
  pipe_ends outcome = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw run_failure("cannot start '" + program + "': " + errno_text());
  if (pid_ == 0) {
    // Only async-signal-safe calls: other threads of the parent may hold any lock.
    ::dup2(to.read.get(), STDIN_FILENO);
    ::dup2(from.write.get(), STDOUT_FILENO);
    // A group of its own: a Ctrl-C of the terminal comes to the parent alone, which passes it on once.
    ::setpgid(0, 0);
    unblock_ending_signals();
    if (inherited >= 0) ::fcntl(inherited, F_SETFD, 0);
    ::execl(program.c_str(), program.c_str(), static_cast<char*>(nullptr));
    const int error = errno;
    [[maybe_unused]] const auto n = ::write(outcome.write.get(), &error, sizeof(error));
    ::_exit(127);
  }
  outcome.write.reset();
  int error = 0;
  if (::read(outcome.read.get(), &error, sizeof(error)) == sizeof(error)) {
    ::waitpid(pid_, nullptr, 0);
    throw run_failure("cannot start '" + program + "': " + errno_text(error));
  }
  to_ = std::move(to.write);
  from_ = std::move(from.read);
}

child_process::~child_process() {
  to_.reset();
  from_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void child_process::throw_ended() const {
  throw run_failure("'" + program_ + "' ended unexpectedly");
}

void child_process::send(const std::string& line) {
  const std::string text = line + '\n';
  for (std::size_t done = 0; done < text.size();) {
    const auto n = ::write(to_.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_ended();
    done += static_cast<std::size_t>(n);
  }
}

std::string child_process::receive() {
  for (;;) {
    if (const auto end = pending_.find('\n'); end != pending_.npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    if (interrupted() && !told_) {
      ::kill(pid_, SIGINT);
      told_ = true;
    }
    std::array<char, 65536> buffer;
    const auto n = ::read(from_.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw_ended();
    pending_.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

std::string beside_this_program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

} // namespace shardbridge::bench
