#include "client.hpp"

#include "../common/failure.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace shardbridge::bench {
namespace {

/// The longest that an answer may take.
constexpr int patience_ms = 10'000;

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

void require(bool done, const char* what) {
  if (!done) throw run_failure(std::string("the client cannot ") + what + ": " + errno_text());
}

unique_descriptor connect_to(std::uint16_t port) {
  unique_descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  require(made.get() >= 0, "make a socket");
  const int room = 1 << 18;
  const int now = 1;
  require(::setsockopt(made.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0, "set SO_SNDBUF");
  require(::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &now, sizeof now) == 0, "set TCP_NODELAY");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  require(::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "connect");
  return made;
}

} // namespace

echo_client::echo_client(std::uint16_t port, const echo_setting& what)
    : what_(what), question_(what.batch_bytes()), answer_(what.batch_bytes()), events_(::epoll_create1(EPOLL_CLOEXEC)) {
  require(events_.get() >= 0, "make an epoll descriptor");
  for (std::size_t at = 0; at < question_.size(); ++at)
    question_[at] = static_cast<char>(at * 31 + at / 251);
  connections_.resize(what.connections);
  for (connection& each : connections_) {
    each.socket = connect_to(port);
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.ptr = &each;
    require(::epoll_ctl(events_.get(), EPOLL_CTL_ADD, each.socket.get(), &wanted) == 0, "watch a socket");
  }
}

void echo_client::send(connection& over, std::int64_t now) {
  over.sent_at = now;
  over.answered = 0;
  ++outstanding_;
  const ssize_t sent = ::send(over.socket.get(), question_.data(), question_.size(), MSG_NOSIGNAL);
  require(sent == static_cast<ssize_t>(question_.size()), "send");
}

void echo_client::take(connection& from, client_account& into, std::int64_t end) {
  const std::size_t wanted = question_.size() - from.answered;
  const ssize_t got = ::recv(from.socket.get(), answer_.data(), wanted, 0);
  require(got >= 0, "receive");
  if (got == 0) throw run_failure("the server has closed a connection");
  if (std::memcmp(answer_.data(), question_.data() + from.answered, static_cast<std::size_t>(got)) != 0)
    throw run_failure("the server has answered something else than it was sent");
  from.answered += static_cast<std::size_t>(got);
  if (from.answered < question_.size()) return;
  const std::int64_t now = now_ns();
  into.trips.record(std::chrono::nanoseconds(now - from.sent_at));
  into.requests += what_.pipeline;
  --outstanding_;
  if (now < end) send(from, now);
}

client_account echo_client::run(double seconds) {
  client_account account;
  const std::int64_t begin = now_ns();
  const std::int64_t end = begin + static_cast<std::int64_t>(seconds * 1e9);
  for (connection& each : connections_)
    send(each, now_ns());
  std::array<epoll_event, 64> ready{};
  while (outstanding_ > 0) {
    const int count = ::epoll_wait(events_.get(), ready.data(), static_cast<int>(ready.size()), patience_ms);
    if (count < 0 && errno == EINTR) continue;
    require(count >= 0, "wait");
    if (count == 0) throw run_failure("the server does not answer");
    for (int each = 0; each < count; ++each)
      take(*static_cast<connection*>(ready[static_cast<std::size_t>(each)].data.ptr), account, end);
  }
  account.seconds = static_cast<double>(now_ns() - begin) * 1e-9;
  return account;
}

} // namespace shardbridge::bench
