#include <shardbridge/detail/socket_calls.hpp>

#include <boost/system/system_error.hpp>

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

[[noreturn]] void fail(int error, const char* what) {
  throw boost::system::system_error(error, boost::system::system_category(), what);
}

void require(bool done, const char* what) {
  if (!done) fail(errno, what);
}

/// Closed with its scope unless it is given away.
file_ref owned(int descriptor) {
  try {
    return file_ref(new detail::descriptor(descriptor));
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

} // namespace

file_ref new_socket(int family, int type, int protocol) {
  const int made = ::socket(family, type | SOCK_CLOEXEC, protocol);
  require(made >= 0, "socket");
  return owned(made);
}

file_ref adopted_socket(int descriptor) {
  if (descriptor < 0) fail(EBADF, "adopt_socket");
  file_ref made = owned(descriptor);
  const int flags = ::fcntl(descriptor, F_GETFL);
  require(flags >= 0, "fcntl");
  if ((flags & O_NONBLOCK) != 0) require(::fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0, "fcntl");
  return made;
}

void bind_socket(int socket, const socket_address& to) {
  require(::bind(socket, to.get(), to.length) == 0, "bind");
}

void listen_at(int socket, int backlog) {
  require(::listen(socket, backlog) == 0, "listen");
}

void shut_down(int socket, int how) {
  require(::shutdown(socket, how) == 0, "shutdown");
}

int family_of(int socket) {
  int family = AF_UNSPEC;
  socklen_t length = sizeof family;
  require(::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0, "getsockopt");
  return family;
}

socket_address local_address(int socket) {
  socket_address found;
  require(::getsockname(socket, found.get(), &found.length) == 0, "getsockname");
  return found;
}

socket_address remote_address(int socket) {
  socket_address found;
  require(::getpeername(socket, found.get(), &found.length) == 0, "getpeername");
  return found;
}

void change_option(int socket, int level, int name, const void* value, socklen_t length) {
  require(::setsockopt(socket, level, name, value, length) == 0, "setsockopt");
}

void switch_on(int socket, int name) {
  const int on = 1;
  change_option(socket, SOL_SOCKET, name, &on, sizeof on);
}

} // namespace shardbridge::detail
