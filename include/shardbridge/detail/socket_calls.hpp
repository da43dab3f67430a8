// The system calls of sockets that do not wait. They throw boost::system::system_error with their errno.
#pragma once

#include <shardbridge/detail/file_ref.hpp>
#include <shardbridge/detail/socket_address.hpp>

#include <sys/socket.h>

namespace shardbridge::detail {

/// Open, and blocking: only then the kernel waits for it.
[[nodiscard]] file_ref new_socket(int family, int type, int protocol);
/// The descriptor is the result's from here, also where this throws.
[[nodiscard]] file_ref adopted_socket(int descriptor);

void bind_socket(int socket, const socket_address& to);
void listen_at(int socket, int backlog);
void shut_down(int socket, int how);
[[nodiscard]] int family_of(int socket);
[[nodiscard]] socket_address local_address(int socket);
[[nodiscard]] socket_address remote_address(int socket);
void change_option(int socket, int level, int name, const void* value, socklen_t length);
/// Of the level SOL_SOCKET.
void switch_on(int socket, int name);

} // namespace shardbridge::detail
