// The Asio types of the server, with a concrete executor: it spares each operation the indirections of any_io_executor.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace kv_server {

namespace asio = boost::asio;

using executor = asio::io_context::executor_type;
template <class T = void>
using awaitable = asio::awaitable<T, executor>;
using client_socket = asio::basic_stream_socket<asio::generic::stream_protocol, executor>; ///< TCP or Unix
template <class Protocol>
using acceptor = asio::basic_socket_acceptor<Protocol, executor>;
using timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

/// Completes with a tuple instead of throwing.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_tuple{asio::use_awaitable_t<executor>{}};

} // namespace kv_server
