#include "server_run.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace http_file_server {
namespace {

using namespace std::chrono_literals;

/// For what takes milliseconds: a machine that is busy with something else may need this.
constexpr auto patience = 20s;

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

template <class Predicate>
bool becomes_true(Predicate predicate) {
  for (const auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;) {
    if (predicate()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

std::vector<std::string> server_words(const std::string& root, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{HTTP_FILE_SERVER_PROGRAM, "--root", root, "--port", "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

} // namespace

program_run::program_run(std::vector<std::string> words) {
  const std::string out = outputs_.path() / "out";
  const std::string err = outputs_.path() / "err";
  std::vector<char*> pointers;
  for (auto& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDERR_FILENO);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
}

program_run::~program_run() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void program_run::signal(int number) const {
  ::kill(pid_, number);
}

std::string program_run::out_so_far() const {
  return contents(outputs_.path() / "out");
}

program_result program_run::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = out_so_far(),
          .err = contents(outputs_.path() / "err")};
}

program_result run_program(std::vector<std::string> words) {
  return program_run(std::move(words)).wait();
}

server_run::server_run(const std::string& root, const std::vector<std::string>& arguments)
    : program_run(server_words(root, arguments)) {
  std::string said;
  const bool listens = becomes_true([&] {
    said = out_so_far();
    return said.ends_with('\n');
  });
  if (!listens) throw std::runtime_error("the server does not listen: " + wait().err);
  port_ = static_cast<std::uint16_t>(std::atoi(said.c_str() + said.rfind(':') + 1));
}

std::string server_run::url(std::string_view target) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
}

double server_run::metric(std::string_view name_and_labels) const {
  const std::string page = '\n' + curl({url("/metrics")}).body;
  const auto at = page.find('\n' + std::string(name_and_labels) + ' ');
  return at == page.npos ? -1 : std::atof(page.c_str() + at + name_and_labels.size() + 2);
}

bool server_run::metric_becomes(std::string_view name_and_labels, double value) const {
  return becomes_true([&] { return metric(name_and_labels) == value; });
}

std::string response::field(std::string_view name) const {
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == head.npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

response curl(const std::vector<std::string>& words) {
  std::vector<std::string> all{"curl", "--silent", "--include", "--path-as-is", "--max-time", "30", "--noproxy", "*"};
  all.insert(all.end(), words.begin(), words.end());
  const program_result run = run_program(all);
  response out{.exit_code = run.exit_code, .status = 0, .head = {}, .body = {}};
  const auto end = run.out.find("\r\n\r\n");
  if (end == run.out.npos) return out;
  out.head = run.out.substr(0, end + 2);
  out.body = run.out.substr(end + 4);
  out.status = std::atoi(out.head.c_str() + out.head.find(' '));
  return out;
}

raw_client::raw_client(const server_run& to) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(to.port());
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Small, so that a client that does not read is soon waited for.
  const int bytes = 16384;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  const timeval limit{.tv_sec = std::chrono::seconds(patience).count(), .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
    ::close(socket_);
    throw std::runtime_error("connection refused");
  }
}

raw_client::~raw_client() {
  ::close(socket_);
}

void raw_client::send(std::string_view text) const {
  if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("send failed");
}

std::string raw_client::read(std::size_t at_most) const {
  std::string out(at_most, '\0');
  const ssize_t bytes = ::recv(socket_, out.data(), out.size(), 0);
  if (bytes < 0 && errno == EAGAIN) throw std::runtime_error("nothing comes");
  out.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
  return out;
}

std::string raw_client::read_until(std::string_view text) const {
  std::string out;
  while (text.empty() || out.find(text) == out.npos) {
    const std::string more = read();
    if (more.empty()) break;
    out += more;
  }
  return out;
}

std::string raw_client::read_all() const {
  return read_until("");
}

} // namespace http_file_server
