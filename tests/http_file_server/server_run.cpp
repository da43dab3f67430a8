#include "server_run.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace http_file_server {
namespace {

std::vector<std::string> server_words(const std::string& root, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{HTTP_FILE_SERVER_PROGRAM, "--root", root, "--port", "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

} // namespace

server_run::server_run(const std::string& root, const std::vector<std::string>& arguments,
                       const std::function<bool()>& prepare)
    : child_program(server_words(root, arguments), prepare) {
  std::string said;
  const bool listens = wait_until([&] {
    said = out_so_far();
    return said.ends_with('\n');
  });
  if (!listens) {
    signal(SIGKILL);
    const program_result result = wait();
    throw std::runtime_error("the server does not listen, exit code " + std::to_string(result.exit_code) + ": " +
                             result.err);
  }
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
  return wait_until([&] { return metric(name_and_labels) == value; });
}

std::string response::field(std::string_view name) const {
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == head.npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

response curl(const std::vector<std::string>& words) {
  std::vector<std::string> all{"curl", "--silent", "--include", "--path-as-is", "--max-time", "60", "--noproxy", "*"};
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
  const timeval limit{.tv_sec = child_program::patience.count(), .tv_usec = 0};
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

void raw_client::end_sending() const {
  ::shutdown(socket_, SHUT_WR);
}

void raw_client::reset_at_end() const {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

bool raw_client::has_input() const {
  char ignored = 0;
  return ::recv(socket_, &ignored, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
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
