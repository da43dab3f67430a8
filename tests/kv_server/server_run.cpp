// Goal and method: see server_run.hpp.
#include "server_run.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace kv_server {
namespace {

std::vector<std::string> server_words(const std::string& data, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{KV_SERVER_PROGRAM, "--data", data, "--port", "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

} // namespace

server_run::server_run(const std::string& data, const std::vector<std::string>& arguments,
                       const std::function<bool()>& prepare)
    : child_program(server_words(data, arguments), prepare) {
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
  if (const auto at = said.find("127.0.0.1:"); at != said.npos)
    port_ = static_cast<std::uint16_t>(std::atoi(said.c_str() + at + 10));
}

std::string server_run::cli(const std::vector<std::string>& words) const {
  std::vector<std::string> all{"redis-cli", "-p", std::to_string(port_)};
  all.insert(all.end(), words.begin(), words.end());
  std::string out = run_program(all).out;
  while (out.ends_with('\n'))
    out.pop_back();
  return out;
}

std::string server_run::info(std::string_view name) const {
  const raw_client asking(port_);
  asking.send("INFO\r\nQUIT\r\n");
  const std::string text = asking.read_all();
  const auto at = text.find("\r\n" + std::string(name) + ':');
  if (at == text.npos) return {};
  const auto begin = at + name.size() + 3;
  return text.substr(begin, text.find("\r\n", begin) - begin);
}

raw_client::raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  limit_waits();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect");
}

raw_client::raw_client(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  limit_waits();
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, path.c_str(), sizeof to.sun_path - 1);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect");
}

raw_client::~raw_client() {
  ::close(socket_);
}

void raw_client::limit_waits() const {
  const timeval limit{.tv_sec = 60, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

bool raw_client::send(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t raw_client::send_some(std::string_view text) const {
  const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void raw_client::end_sending() const {
  ::shutdown(socket_, SHUT_WR);
}

std::string raw_client::read() const {
  std::string out(65536, '\0');
  const ssize_t got = ::recv(socket_, out.data(), out.size(), 0);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

std::string raw_client::read_bytes(std::size_t count) const {
  std::string out;
  while (out.size() < count) {
    const std::string more = read();
    if (more.empty()) break;
    out += more;
  }
  return out;
}

std::string raw_client::read_all() const {
  return read_bytes(std::string::npos);
}

std::string resp(const std::vector<std::string>& words) {
  std::string out = '*' + std::to_string(words.size()) + "\r\n";
  for (const std::string& each : words)
    out += '$' + std::to_string(each.size()) + "\r\n" + each + "\r\n";
  return out;
}

} // namespace kv_server
